import process from 'node:process';
import { connectToMusher } from './verdict.ts';

/** For agents that are shell scripts: `give-verdict.ts approve [reason]`. */
const giveVerdict = await connectToMusher();
await giveVerdict(process.argv[2] ?? '', process.argv.slice(3).join(' '));
