/** The shop as a program. */
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { shopServer } from './mcp-double.ts';

await shopServer([], () => process.exit(1)).connect(new StdioServerTransport());
