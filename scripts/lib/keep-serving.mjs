/** A host that dies this soon after it served is not started again more than `mostQuickDeaths` times in a row. */
const quickDeathMs = 5_000;
const mostQuickDeaths = 3;

/**
 * @typedef {object} Ended
 * @property {number} code its exit code
 * @property {string | undefined} port where it served, when it died without being asked to; undefined when it ended on purpose or never served
 */

/**
 * Serves until the host ends on purpose: one that died is started again on the port it had, so that windows find it.
 * Gives the exit code of the last one.
 * @param {(again: { port: string } | undefined) => Promise<Ended>} serve
 * @returns {Promise<number>}
 */
export async function keepServing(serve) {
  /** @type {{ port: string } | undefined} */
  let again;
  for (let quickDeaths = 0; ; ) {
    const startedAtMs = performance.now();
    const { code, port } = await serve(again);
    if (port === undefined || wasAskedToStop()) return code;
    quickDeaths = performance.now() - startedAtMs < quickDeathMs ? quickDeaths + 1 : 0;
    if (quickDeaths > mostQuickDeaths) {
      console.error('The host died again and again; see its log under HEDDLE_HOME/logs.');
      return code;
    }
    console.error('The host died. Starting it again …');
    again = { port };
  }
}

let askedToStop = false;
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  // Whoever runs the host passes the signal on; here only the wish is remembered.
  process.once(signal, () => {
    askedToStop = true;
  });
}

function wasAskedToStop() {
  return askedToStop;
}
