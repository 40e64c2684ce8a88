import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { projectRoot } from '../../scripts/lib/project.mjs';
import { expect, test, untilConnected } from '../worlds/studio.ts';

test('npm run dev serves the window from its sources, connected to a host of its own', async ({ page, place }) => {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  // Ports of its own: a developer may have the usual ones in use.
  const flags = ['--no-open', '--workspace', place.workspace, '--port', '5183', '--host-port', '5184'];
  const dev = spawn(process.execPath, ['scripts/dev.mjs', ...flags], {
    cwd: projectRoot,
    env: { ...process.env, HEDDLE_HOME: place.home },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await page.goto(await findAddress(dev.stdout));
    await untilConnected(page);
    expect(complaints).toEqual([]);
  } finally {
    dev.kill('SIGINT');
    await once(dev, 'exit');
  }
});

async function findAddress(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const [address] = /http:\S+token=\S+/.exec(line) ?? [];
    if (address !== undefined) return address;
  }
  throw new Error('The development server ended without an address.');
}
