import type { PageParts } from '../../../transports/network.ts';
import type { BotParts } from '../../bot/bot-parts.ts';
import { runDir, type EngineParts } from '../../engine/parts.ts';
import { sessionsOf } from './sessions.ts';

/** What a network shows that serves the page. Its code is loaded only where that is. */
export async function openPage(bot: BotParts, engineParts: Pick<EngineParts, 'dataDir'>, network: string): Promise<PageParts> {
  const { openViews } = await import('../../pages/views.ts');
  return {
    views: openViews({ ...bot, runDir: (project, item, run) => runDir(engineParts, project, item, run) }),
    sessions: sessionsOf(bot.log, bot.clock, network),
  };
}
