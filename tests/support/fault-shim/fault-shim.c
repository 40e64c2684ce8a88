/*
 * A disk that fails on order. Preloaded into a Node process (LD_PRELOAD) it counts every call that changes a file below one folder, and at the
 * k-th one kills the process, tears the write, fails it, fills the disk, or cuts the power: then writes that no fsync has covered are taken
 * back before the process dies. The same library is a Node addon (process.dlopen) that arms it and forks, so that a trial costs a fork
 * and not a start of Node.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum mode { COUNT, KILL_BEFORE, KILL_AFTER, TORN, FAIL_EIO, FULL, POWER };

static int is_armed;
static char folder[PATH_MAX];
static long calls, at;
static enum mode mode;
/* TORN, FULL: percent of the write that still happens. POWER: 0 loses every unsynced change, else the seed of which are lost. */
static long argument;
static int is_full;

/* ---- what was called, for whoever plans the trials ---- */

static char *said;
static size_t said_length, said_room;

static void note_call(const char *what, const char *path) {
  char line[PATH_MAX + 32];
  int length = snprintf(line, sizeof line, "%s %s\n", what, path + strlen(folder));
  if (said_length + length + 1 > said_room) said = realloc(said, said_room = (said_room + length) * 2 + 65536);
  memcpy(said + said_length, line, length + 1);
  said_length += length;
}

/* ---- what a power cut takes back ---- */

enum kind { WROTE, CUT, RENAMED, REMOVED };

struct change {
  enum kind kind;
  /* Of the file, or for a change of names of the folder: an fsync of it makes the change durable. */
  dev_t device;
  ino_t inode;
  int fd;
  off_t offset, size_before;
  size_t length, length_before;
  char *bytes, *bytes_before;
  char from[PATH_MAX], to[PATH_MAX];
  struct change *previous, *next;
};

static struct change *newest;

static void die(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

static void must(int is_done, const char *what) {
  if (is_done) return;
  perror(what);
  _exit(70);
}

static struct change *add_change(enum kind kind, const struct stat *of) {
  struct change *change = calloc(1, sizeof *change);
  change->kind = kind;
  change->device = of->st_dev;
  change->inode = of->st_ino;
  change->previous = newest;
  if (newest) newest->next = change;
  return newest = change;
}

static void forget_changes(const struct stat *of) {
  for (struct change *change = newest, *previous; change; change = previous) {
    previous = change->previous;
    if (change->device != of->st_dev || change->inode != of->st_ino) continue;
    if (change->next) change->next->previous = change->previous;
    else newest = change->previous;
    if (change->previous) change->previous->next = change->next;
    free(change->bytes);
    free(change->bytes_before);
    free(change);
  }
}

/* A descriptor of our own that is never closed: closing one would drop the POSIX locks that the process has on the file. */
static int own_descriptor(int fd, const struct stat *of) {
  static struct { dev_t device; ino_t inode; int fd; } known[4096];
  static int count;
  for (int index = 0; index < count; index += 1)
    if (known[index].device == of->st_dev && known[index].inode == of->st_ino) return known[index].fd;
  must(count < 4096, "too many files");
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  int own = open(link, O_RDWR | O_CLOEXEC);
  must(own >= 0, "open for the power cut");
  known[count].device = of->st_dev;
  known[count].inode = of->st_ino;
  known[count++].fd = own;
  return own;
}

static void remember_write(int fd, const void *bytes, size_t length, off_t offset) {
  if (mode != POWER) return;
  struct stat of;
  must(fstat(fd, &of) == 0, "fstat");
  struct change *change = add_change(WROTE, &of);
  change->fd = own_descriptor(fd, &of);
  change->offset = offset;
  change->size_before = of.st_size;
  change->length = length;
  change->bytes = malloc(length + 1);
  memcpy(change->bytes, bytes, length);
  change->bytes_before = malloc(length + 1);
  ssize_t got = pread(change->fd, change->bytes_before, length, offset);
  must(got >= 0, "read for the power cut");
  change->length_before = got;
}

static void remember_cut(int fd, off_t size) {
  if (mode != POWER) return;
  struct stat of;
  must(fstat(fd, &of) == 0, "fstat");
  struct change *change = add_change(CUT, &of);
  change->fd = own_descriptor(fd, &of);
  change->offset = size;
  change->size_before = of.st_size;
  size_t lost = of.st_size > size ? of.st_size - size : 0;
  change->bytes_before = malloc(lost + 1);
  ssize_t got = pread(change->fd, change->bytes_before, lost, size);
  must(got >= 0, "read for the power cut");
  change->length_before = got;
}

static void folder_of(const char *path, struct stat *of) {
  char parent[PATH_MAX];
  snprintf(parent, sizeof parent, "%s", path);
  *strrchr(parent, '/') = 0;
  must(stat(parent, of) == 0, "stat of a folder");
}

static void take_back(struct change *change, int (*real_truncate)(int, off_t)) {
  switch (change->kind) {
    case WROTE:
      must(pwrite(change->fd, change->bytes_before, change->length_before, change->offset) >= 0, "taking back a write");
      must(real_truncate(change->fd, change->size_before) == 0, "taking back a size");
      break;
    case CUT:
      must(real_truncate(change->fd, change->size_before) == 0, "taking back a cut");
      must(pwrite(change->fd, change->bytes_before, change->length_before, change->offset) >= 0, "taking back a cut");
      break;
    case RENAMED:
      must(rename(change->to, change->from) == 0, "taking back a rename");
      break;
    case REMOVED:
      must(rename(change->to, change->from) == 0, "taking back a removal");
      break;
  }
}

static void do_again(struct change *change, int (*real_truncate)(int, off_t)) {
  switch (change->kind) {
    case WROTE:
      must(pwrite(change->fd, change->bytes, change->length, change->offset) >= 0, "a write that survived");
      break;
    case CUT:
      must(real_truncate(change->fd, change->offset) == 0, "a cut that survived");
      break;
    case RENAMED:
    case REMOVED:
      /* What came of a change that was lost is lost with it. */
      must(rename(change->from, change->to) == 0 || errno == ENOENT, "a rename that survived");
      break;
  }
}

static uint32_t chance(void) {
  static uint32_t state;
  if (!state) state = (uint32_t)argument * 2654435761u | 1;
  state ^= state << 13;
  state ^= state >> 17;
  return state ^= state << 5;
}

static void cut_power(void) {
  is_armed = 0;
  int (*real_truncate)(int, off_t) = dlsym(RTLD_NEXT, "ftruncate64");
  struct change *oldest = newest;
  for (struct change *change = newest; change; change = change->previous) {
    take_back(change, real_truncate);
    oldest = change;
  }
  if (argument > 0)
    for (struct change *change = oldest; change; change = change->next)
      if (chance() & 0x100) do_again(change, real_truncate);
  die();
}

/* ---- the fault ---- */

/* Paths below the folder. The shared index of the WAL is no part of what is stored; it is rebuilt from it. */
static int is_watched(const char *path) {
  size_t length = strlen(path);
  return strncmp(path, folder, strlen(folder)) == 0 && !(length > 4 && strcmp(path + length - 4, "-shm") == 0);
}

static int path_of(int fd, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return is_watched(path);
}

/* True when it is the turn of this call. Counts it. */
static int is_turn(const char *what, const char *path) {
  if (mode == COUNT) note_call(what, path);
  if (++calls != at) return 0;
  if (mode == KILL_BEFORE) die();
  if (mode == POWER) cut_power();
  return mode != COUNT;
}

/* For calls that have no halves: -1 with errno when the call must fail. */
static int meet(int is_now, int needs_room) {
  if (is_now && mode == FAIL_EIO) { errno = EIO; return -1; }
  if (is_now && mode == FULL) is_full = 1;
  if (is_full && needs_room) { errno = ENOSPC; return -1; }
  return 0;
}

static void die_after(int is_now) {
  if (is_now && (mode == KILL_AFTER || mode == TORN)) die();
}

typedef ssize_t (*write_at)(int, const void *, size_t, off_t);

static ssize_t fault_write(int fd, const void *bytes, size_t length, off_t offset, const char *path, write_at real) {
  int is_now = is_turn("write", path);
  size_t part = length * argument / 100;
  if (is_now && mode == TORN) {
    if (part > 0) real(fd, bytes, part, offset);
    die();
  }
  if (is_now && mode == FULL && part > 0) {
    is_full = 1;
    return real(fd, bytes, part, offset);
  }
  if (meet(is_now, 1) < 0) return -1;
  remember_write(fd, bytes, length, offset);
  ssize_t written = real(fd, bytes, length, offset);
  die_after(is_now);
  return written;
}

#define REAL(name) \
  static __typeof__(&name) real; \
  if (!real) real = dlsym(RTLD_NEXT, #name)

static ssize_t write_here(int fd, const void *bytes, size_t length, off_t offset) {
  (void)offset;
  REAL(write);
  return real(fd, bytes, length);
}

static ssize_t write_there(int fd, const void *bytes, size_t length, off_t offset) {
  REAL(pwrite64);
  return real(fd, bytes, length, offset);
}

ssize_t write(int fd, const void *bytes, size_t length) {
  char path[PATH_MAX];
  if (!is_armed || !path_of(fd, path)) return write_here(fd, bytes, length, 0);
  return fault_write(fd, bytes, length, lseek(fd, 0, SEEK_CUR), path, write_here);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
  char path[PATH_MAX];
  if (!is_armed || !path_of(fd, path)) return write_there(fd, bytes, length, offset);
  return fault_write(fd, bytes, length, offset, path, write_there);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) { return pwrite64(fd, bytes, length, offset); }

/* Vectors are written part by part, which the callers must bear: a write may always be short. */
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) {
  char path[PATH_MAX];
  REAL(pwritev);
  if (!is_armed || count < 1 || !path_of(fd, path)) return real(fd, parts, count, offset);
  return fault_write(fd, parts[0].iov_base, parts[0].iov_len, offset, path, write_there);
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t offset) { return pwritev(fd, parts, count, offset); }

ssize_t writev(int fd, const struct iovec *parts, int count) {
  char path[PATH_MAX];
  REAL(writev);
  if (!is_armed || count < 1 || !path_of(fd, path)) return real(fd, parts, count);
  return fault_write(fd, parts[0].iov_base, parts[0].iov_len, lseek(fd, 0, SEEK_CUR), path, write_here);
}

static int fault_sync(int fd, int (*real)(int)) {
  char path[PATH_MAX];
  if (!is_armed || !path_of(fd, path)) return real(fd);
  int is_now = is_turn("sync", path);
  if (meet(is_now, 0) < 0) return -1;
  int result = real(fd);
  struct stat of;
  if (mode == POWER && result == 0 && fstat(fd, &of) == 0) forget_changes(&of);
  die_after(is_now);
  return result;
}

int fsync(int fd) {
  REAL(fsync);
  return fault_sync(fd, real);
}

int fdatasync(int fd) {
  REAL(fdatasync);
  return fault_sync(fd, real);
}

int ftruncate64(int fd, off64_t size) {
  REAL(ftruncate64);
  char path[PATH_MAX];
  if (!is_armed || !path_of(fd, path)) return real(fd, size);
  int is_now = is_turn("truncate", path);
  if (meet(is_now, 0) < 0) return -1;
  remember_cut(fd, size);
  int result = real(fd, size);
  die_after(is_now);
  return result;
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

int rename(const char *from, const char *to) {
  REAL(rename);
  if (!is_armed || !is_watched(to)) return real(from, to);
  int is_now = is_turn("rename", to);
  if (meet(is_now, 1) < 0) return -1;
  /* Over an existing file it cannot be taken back; the only such file is a note that nobody relies on. */
  if (mode == POWER && access(to, F_OK) != 0) {
    struct stat of;
    folder_of(to, &of);
    struct change *change = add_change(RENAMED, &of);
    snprintf(change->from, PATH_MAX, "%s", from);
    snprintf(change->to, PATH_MAX, "%s", to);
  }
  int result = real(from, to);
  die_after(is_now);
  return result;
}

int unlink(const char *path) {
  REAL(unlink);
  if (!is_armed || !is_watched(path) || access(path, F_OK) != 0) return real(path);
  int is_now = is_turn("remove", path);
  if (meet(is_now, 0) < 0) return -1;
  int result;
  if (mode == POWER) {
    /* Hidden beside the folder instead, to be put back. */
    static int hidden;
    struct stat of;
    folder_of(path, &of);
    struct change *change = add_change(REMOVED, &of);
    snprintf(change->from, PATH_MAX, "%s", path);
    snprintf(change->to, PATH_MAX, "%.*s.removed-%d", (int)strlen(folder), folder, hidden++);
    int (*real_rename)(const char *, const char *) = dlsym(RTLD_NEXT, "rename");
    result = real_rename(path, change->to);
  } else result = real(path);
  die_after(is_now);
  return result;
}

int remove(const char *path) {
  REAL(remove);
  struct stat of;
  return is_armed && stat(path, &of) == 0 && S_ISREG(of.st_mode) ? unlink(path) : real(path);
}

int mkdir(const char *path, mode_t permissions) {
  REAL(mkdir);
  if (!is_armed || !is_watched(path) || access(path, F_OK) == 0) return real(path, permissions);
  int is_now = is_turn("mkdir", path);
  if (meet(is_now, 1) < 0) return -1;
  int result = real(path, permissions);
  die_after(is_now);
  return result;
}

int open64(const char *path, int flags, ...) {
  REAL(open64);
  va_list rest;
  va_start(rest, flags);
  mode_t permissions = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  if (!is_armed || !(flags & O_CREAT) || !is_watched(path) || access(path, F_OK) == 0) return real(path, flags, permissions);
  int is_now = is_turn("create", path);
  if (meet(is_now, 1) < 0) return -1;
  int result = real(path, flags, permissions);
  die_after(is_now);
  return result;
}

int open(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t permissions = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return open64(path, flags, permissions);
}

/* V8 keeps its heap out of forked children, which as a rule only exec. Ours go on running. */
int madvise(void *start, size_t length, int advice) {
  REAL(madvise);
  return advice == MADV_DONTFORK ? 0 : real(start, length, advice);
}

/* ---- the addon; the few declarations of Node's stable C interface that it needs ---- */

typedef struct env_of_node *napi_env;
typedef struct value_of_node *napi_value;
typedef struct call_of_node *napi_callback_info;
typedef napi_value (*napi_callback)(napi_env, napi_callback_info);
extern int napi_get_cb_info(napi_env, napi_callback_info, size_t *, napi_value *, napi_value *, void **);
extern int napi_get_value_int64(napi_env, napi_value, int64_t *);
extern int napi_get_value_string_utf8(napi_env, napi_value, char *, size_t, size_t *);
extern int napi_create_int64(napi_env, int64_t, napi_value *);
extern int napi_create_string_utf8(napi_env, const char *, size_t, napi_value *);
extern int napi_create_function(napi_env, const char *, size_t, napi_callback, void *, napi_value *);
extern int napi_set_named_property(napi_env, napi_value, const char *, napi_value);

static napi_value to_number(napi_env env, int64_t number) {
  napi_value value;
  napi_create_int64(env, number, &value);
  return value;
}

static int64_t number_argument(napi_env env, napi_callback_info info, size_t index) {
  napi_value values[4];
  size_t count = 4;
  int64_t number = 0;
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
  if (index < count) napi_get_value_int64(env, values[index], &number);
  return number;
}

/* arm(folder, mode, at, argument): begins to count. */
static napi_value arm(napi_env env, napi_callback_info info) {
  napi_value values[4];
  size_t count = 4;
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
  napi_get_value_string_utf8(env, values[0], folder, sizeof folder, NULL);
  mode = number_argument(env, info, 1);
  at = number_argument(env, info, 2);
  argument = number_argument(env, info, 3);
  calls = is_full = 0;
  said_length = 0;
  is_armed = 1;
  return NULL;
}

/* disarm(): ends it, and says what was called, one call a line. */
static napi_value disarm(napi_env env, napi_callback_info info) {
  (void)info;
  is_armed = 0;
  napi_value value;
  napi_create_string_utf8(env, said ? said : "", said_length, &value);
  return value;
}

/* makeRoom(): the disk is no longer full. True when it was. */
static napi_value make_room(napi_env env, napi_callback_info info) {
  (void)info;
  int was_full = is_full;
  is_full = 0;
  if (was_full) mode = KILL_BEFORE, at = -1;
  return to_number(env, was_full);
}

/* fork(): in the parent the child's id, in the child 0. */
static napi_value fork_here(napi_env env, napi_callback_info info) {
  (void)info;
  return to_number(env, fork());
}

/* wait(pid): the signal that ended the child as a negative number, else its exit code. */
static napi_value wait_for(napi_env env, napi_callback_info info) {
  int status = 0;
  pid_t pid = number_argument(env, info, 0);
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
  return to_number(env, WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status));
}

/* makePipe(): both ends in one number, read × 65536 + write. */
static napi_value make_pipe(napi_env env, napi_callback_info info) {
  (void)info;
  int ends[2];
  must(pipe2(ends, O_CLOEXEC) == 0, "pipe");
  return to_number(env, (int64_t)ends[0] * 65536 + ends[1]);
}

/* leave(code): ends the process without a farewell to threads that a fork did not copy. */
static napi_value leave(napi_env env, napi_callback_info info) {
  _exit(number_argument(env, info, 0));
  return NULL;
}

napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  static const struct { const char *name; napi_callback call; } functions[] = {
    { "arm", arm }, { "disarm", disarm }, { "makeRoom", make_room }, { "fork", fork_here },
    { "wait", wait_for }, { "makePipe", make_pipe }, { "leave", leave },
  };
  for (size_t index = 0; index < sizeof functions / sizeof *functions; index += 1) {
    napi_value function;
    napi_create_function(env, functions[index].name, (size_t)-1, functions[index].call, NULL, &function);
    napi_set_named_property(env, exports, functions[index].name, function);
  }
  return exports;
}
