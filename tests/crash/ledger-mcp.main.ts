/** An MCP server with one tool that must not be called twice: `post` writes its text into a book of the ledger. `node ledger-mcp.main.ts <socket path> <book>` */
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { z } from 'zod';
import { tellLedger } from './outside-ledger.ts';

const [, , socketPath = '', book = ''] = process.argv;
const server = new McpServer({ name: 'ledger', version: '1' });
server.registerTool('post', { description: 'Posts a text', inputSchema: { text: z.string() } }, async ({ text }) => {
  const about = createHash('sha256').update(JSON.stringify({ text })).digest('hex');
  // Slow on both sides of the effect, so that it can be killed before, in and after it.
  await pause(30);
  await tellLedger(socketPath, { book, write: { type: 'call', tool: 'post', key: about, about } });
  await pause(30);
  return { content: [{ type: 'text', text: `posted ${about}` }] };
});
await server.connect(new StdioServerTransport());
