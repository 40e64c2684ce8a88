import { useQuery } from '@tanstack/react-query';
import { CirclePlay, Plus, ShieldCheck, Square, Trash2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { type McpServerConfig, type McpServerStatus, mcpServerConfigSchema } from '#shared/contract/settings.ts';
import { ErrorNote } from '../../app/error-note.tsx';
import { notifyDone, notifyError } from '../../app/notify.ts';
import { toCallError } from '../../state/call-error.ts';
import { getApi, useIsOnline } from '../../state/connection.ts';
import { queryClient } from '../../state/queries.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatCount } from '../../ui/format.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { CopyButton } from '../../ui/json-view.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { TextArea, TextField } from '../../ui/text-field.tsx';
import { toLines, toPairs } from './config-lines.ts';
import { Card, SectionHeader } from './section-parts.tsx';
import { useAct } from './use-act.ts';

/** MCP servers: programs on this machine that offer tools. None starts before its exact command is approved. */
export function ToolServersSection() {
  const isOnline = useIsOnline();
  const [isAdding, setIsAdding] = useState(false);
  const servers = useQuery({ queryKey: ['mcp'], queryFn: () => getApi().mcp.list(), enabled: isOnline, refetchInterval: 5_000 });
  const tools = useQuery({ queryKey: ['tools'], queryFn: () => getApi().tool.list(), enabled: isOnline });
  const error = servers.error === null ? null : toCallError(servers.error);
  const builtin = (tools.data ?? []).filter((tool) => tool.source.type === 'builtin');
  return (
    <>
      <SectionHeader
        title="Tool servers"
        text="Programs that offer tools over MCP. Each is started only after you approve its exact command, once; a changed command asks again."
        actions={
          <Button tone="primary" icon={<Plus size={14} />} disabled={!isOnline || isAdding} onClick={() => setIsAdding(true)}>
            Add server
          </Button>
        }
      />
      {isAdding && <NewServer onDone={() => setIsAdding(false)} />}
      {error !== null && servers.data === undefined && <ErrorNote error={error} onRetry={() => void servers.refetch()} />}
      {servers.isPending && isOnline && <Spinner label="Loading tool servers" />}
      {servers.data?.map((server) => (
        <ServerCard key={server.config.id} server={server} />
      ))}
      {servers.data?.length === 0 && !isAdding && (
        <EmptyState isCompact title="No tool server yet" text="The built-in tools below work without one." />
      )}
      {builtin.length > 0 && (
        <Card label="Built-in tools">
          <h3 className="text-13 font-medium">Built-in tools</h3>
          <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-12">
            {builtin.map((tool) => (
              <div key={tool.name} className="contents">
                <dt className="font-mono">{tool.name}</dt>
                <dd className="flex min-w-0 text-ink-2" title={tool.description}>
                  <span className="truncate">{tool.description}</span>
                  {tool.approval === 'always' && <span className="shrink-0 whitespace-pre text-waiting"> · asks first</span>}
                </dd>
              </div>
            ))}
          </dl>
        </Card>
      )}
    </>
  );
}

const statusWords: Readonly<
  Record<McpServerStatus['status'], { readonly word: string; readonly tone: 'neutral' | 'succeeded' | 'waiting' | 'failed' | 'accent' }>
> = {
  notApproved: { word: 'not approved', tone: 'waiting' },
  stopped: { word: 'stopped', tone: 'neutral' },
  starting: { word: 'starting', tone: 'accent' },
  running: { word: 'running', tone: 'succeeded' },
  crashed: { word: 'ended by itself', tone: 'failed' },
};

function ServerCard({ server }: { readonly server: McpServerStatus }) {
  const isOnline = useIsOnline();
  const act = useAct();
  const { config, commandLine, commandHash, status, message, tools } = server;
  const { word, tone } = statusWords[status];
  const refresh = () =>
    Promise.all([queryClient.invalidateQueries({ queryKey: ['mcp'] }), queryClient.invalidateQueries({ queryKey: ['tools'] })]);
  const doing = (request: () => Promise<unknown>) => async () => {
    await act.run(request);
    await refresh();
  };
  const remove = async () => {
    try {
      await getApi().mcp.remove({ id: config.id });
      notifyDone(`${config.id} was removed`, async () => {
        await getApi().mcp.save(config);
        await refresh();
      });
    } catch (thrown) {
      notifyError(thrown);
    }
    await refresh();
  };
  return (
    <Card label={config.id}>
      <div className="flex items-center gap-2">
        <h3 className="text-13 font-medium">{config.id}</h3>
        <Badge tone={tone}>{word}</Badge>
        {tools.length > 0 && <span className="text-12 text-ink-2">{formatCount(tools.length, 'tool')}</span>}
        <span className="flex-1" />
        <IconButton
          size="small"
          label={`Remove ${config.id}`}
          icon={<Trash2 size={14} />}
          disabled={!isOnline}
          onClick={() => void remove()}
        />
      </div>
      <div className="flex items-start gap-1 rounded-md border border-line bg-canvas p-2">
        <code className="min-w-0 flex-1 font-mono text-12 break-all whitespace-pre-wrap">{commandLine}</code>
        <CopyButton text={commandLine} label="Copy command" />
      </div>
      <p className="truncate font-mono text-11 text-ink-3" title={commandHash}>
        SHA-256 {commandHash}
      </p>
      {message !== null && <p className="font-mono text-12 break-words text-failed">{message}</p>}
      {tools.length > 0 && (
        <div className="flex flex-wrap gap-1">
          {tools.map((tool) => (
            <Badge key={tool}>{tool}</Badge>
          ))}
        </div>
      )}
      <div className="flex gap-2">
        {status === 'notApproved' && (
          <Button
            tone="primary"
            icon={<ShieldCheck size={13} />}
            isBusy={act.isBusy}
            disabled={!isOnline}
            onClick={doing(() => getApi().mcp.approve({ id: config.id, commandHash }))}
          >
            Approve this command
          </Button>
        )}
        {(status === 'stopped' || status === 'crashed') && (
          <Button
            icon={<CirclePlay size={13} />}
            isBusy={act.isBusy}
            disabled={!isOnline}
            onClick={doing(() => getApi().mcp.connect({ id: config.id }))}
          >
            Start
          </Button>
        )}
        {(status === 'running' || status === 'starting') && (
          <Button
            icon={<Square size={12} />}
            isBusy={act.isBusy}
            disabled={!isOnline}
            onClick={doing(() => getApi().mcp.stop({ id: config.id }))}
          >
            Stop
          </Button>
        )}
      </div>
      {act.error !== null && <ErrorNote error={act.error} />}
    </Card>
  );
}

function NewServer({ onDone }: { readonly onDone: () => void }) {
  const act = useAct();
  const [id, setId] = useState('');
  const [command, setCommand] = useState('');
  const [args, setArgs] = useState('');
  const [env, setEnv] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const parsed = mcpServerConfigSchema.safeParse({ id, command, args: toLines(args), env: toPairs(env) });
    const issue = parsed.error?.issues[0];
    setProblem(issue === undefined ? null : `${issue.path.join('.')}: ${issue.message}`);
    if (parsed.data === undefined) return;
    const config: McpServerConfig = parsed.data;
    const isSaved = await act.run(() => getApi().mcp.save(config));
    await queryClient.invalidateQueries({ queryKey: ['mcp'] });
    if (isSaved) onDone();
  };
  return (
    <Card label="New tool server">
      <form className="grid grid-cols-2 gap-3" onSubmit={(event) => void submit(event)}>
        <TextField label="Id" isMono autoFocus value={id} placeholder="files" onChange={(event) => setId(event.target.value)} />
        <TextField label="Command" isMono value={command} placeholder="npx" onChange={(event) => setCommand(event.target.value)} />
        <TextArea label="Arguments, one a line" isMono rows={3} value={args} onChange={(event) => setArgs(event.target.value)} />
        <TextArea
          label="Environment, NAME=value a line"
          isMono
          rows={3}
          value={env}
          help="Nothing secret: this is saved as text."
          onChange={(event) => setEnv(event.target.value)}
        />
        {problem !== null && <p className="col-span-2 text-12 text-failed">{problem}</p>}
        {act.error !== null && (
          <div className="col-span-2">
            <ErrorNote error={act.error} />
          </div>
        )}
        <div className="col-span-2 flex gap-2">
          <Button type="submit" tone="primary" isBusy={act.isBusy} disabled={id === '' || command === ''}>
            Add
          </Button>
          <Button tone="quiet" onClick={onDone}>
            Cancel
          </Button>
          <span className="self-center text-12 text-ink-2">Adding starts nothing.</span>
        </div>
      </form>
    </Card>
  );
}
