import type { RuntimeName } from '../../config/settings.ts';
import { claudeRuntime } from './claude/claude.ts';
import { commandRuntime } from './command/command.ts';
import type { Runtime } from './runtime.ts';

/** Every runtime, by its name in the config. */
export const RUNTIME_OF: { readonly [N in RuntimeName]: Runtime } = { command: commandRuntime, claude: claudeRuntime };
