import type { Command } from './command.ts';
export const check: Command = { help: 'parley check', options: {}, run: async () => 0 };
