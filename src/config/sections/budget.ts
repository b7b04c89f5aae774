import * as z from 'zod';
import { NO_CAPS, type Caps, type CapSource, type CapSources } from '../../pipeline/budget/budget.ts';
import { microUsdOf } from '../../pipeline/money.ts';

const TYPE = 'number or "none"';
const tokenCap = () =>
  z.union([z.int().min(1), z.literal('none')], { error: 'must be a whole number of tokens, at least 1, or "none" for no cap' });
const usdCap = () => z.union([z.number().min(0.000_001), z.literal('none')], { error: 'must be US dollars above 0, or "none" for no cap' });
const tokens = () => z.int().min(1);
const usd = () => z.number().min(0.000_001);

/** `[budget]` of bot.toml: the days of all projects together, and of each person. */
export const botBudgetSchema = z.strictObject({
  day_usd: usdCap().default(100).meta({ description: 'US dollars per day for all projects together.', type: TYPE }),
  day_tokens: tokenCap()
    .default(500_000_000)
    .meta({ description: 'The same in tokens of all kinds. This cap also covers models without a price.', type: TYPE }),
  person_day_usd: usd()
    .optional()
    .meta({ description: 'US dollars per day for runs started by one person, unless the [[person]] has their own.', example: 50 }),
  person_day_tokens: tokens().optional().meta({ description: 'The same in tokens.', example: 200_000_000 }),
});

/** `[project.budget]` of bot.toml: what the project's own file may narrow, and never widen. */
export const projectCeilingSchema = z.strictObject({
  item_usd: usdCap().default(30).meta({ description: 'US dollars for one item in total.', type: TYPE }),
  item_tokens: tokenCap().default(150_000_000).meta({ description: 'The same in tokens.', type: TYPE }),
  day_usd: usd().optional().meta({ description: 'US dollars per day for the project.', example: 40 }),
  day_tokens: tokens().optional().meta({ description: 'The same in tokens.', example: 200_000_000 }),
  run_usd: usd().optional().meta({ description: "US dollars for one run, besides the agent's own limits.", example: 10 }),
  run_tokens: tokens().optional().meta({ description: 'The same in tokens.', example: 50_000_000 }),
});

/** `[budget]` of a project's file. */
export const projectBudgetSchema = z.strictObject({
  item_usd: usd().optional().meta({ description: 'US dollars for one item in total; at most what bot.toml allows.', example: 10 }),
  item_tokens: tokens().optional().meta({ description: 'The same in tokens.', example: 50_000_000 }),
  day_usd: usd().optional().meta({ description: 'US dollars per day for the project.', example: 20 }),
  day_tokens: tokens().optional().meta({ description: 'The same in tokens.', example: 100_000_000 }),
  run_usd: usd().optional().meta({ description: "US dollars for one run, besides the agent's own limits.", example: 5 }),
  run_tokens: tokens().optional().meta({ description: 'The same in tokens.', example: 20_000_000 }),
});

/** Keys of a `[[person]]`. */
export const personBudget = {
  day_usd: usd().optional().meta({ description: 'US dollars per day for runs started by this person.', example: 20 }),
  day_tokens: tokens().optional().meta({ description: 'The same in tokens.', example: 100_000_000 }),
};

type Ceiling = z.output<typeof projectCeilingSchema>;
type Own = z.output<typeof projectBudgetSchema>;
type Cap = number | 'none' | undefined;

/** What the runs of a project may use. The caps of days are shared with others: they hold for all projects together. */
export interface BudgetSettings {
  /** One run, besides its agent's own limits. */
  readonly run: Caps;
  /** One item, in its whole life. */
  readonly item: Caps;
  /** The project, in a day. */
  readonly day: Caps;
  /** All projects together, in a day. */
  readonly bot: Caps;
  /** Runs charged to one person, in a day; `people` have caps of their own, by actor. */
  readonly anyone: Caps;
  readonly people: readonly { readonly actor: string; readonly caps: Caps; readonly setIn: CapSources }[];
  /** Where the caps of an item and of the project's day come from. */
  readonly setIn: { readonly item: CapSources; readonly day: CapSources };
  /** IANA name: where days begin. */
  readonly timezone: string;
}

/** No caps at all. */
export const UNLIMITED: BudgetSettings = {
  run: NO_CAPS,
  item: NO_CAPS,
  day: NO_CAPS,
  bot: NO_CAPS,
  anyone: NO_CAPS,
  people: [],
  setIn: { item: { tokens: 'project', microUsd: 'project' }, day: { tokens: 'project', microUsd: 'project' } },
  timezone: 'UTC',
};

/** What a project may use by itself: its own file's caps where it sets one, else those of bot.toml. */
export function projectCaps(ceiling: Ceiling, own: Own): Pick<BudgetSettings, 'run' | 'item' | 'day' | 'setIn'> {
  const both = { ...ceiling, ...own };
  const source = (key: keyof Own): CapSource => (own[key] === undefined ? 'project' : 'project-file');
  return {
    run: caps(both.run_tokens, both.run_usd),
    item: caps(both.item_tokens, both.item_usd),
    day: caps(both.day_tokens, both.day_usd),
    setIn: {
      item: { tokens: source('item_tokens'), microUsd: source('item_usd') },
      day: { tokens: source('day_tokens'), microUsd: source('day_usd') },
    },
  };
}

/** Keys of a project's file that would allow more than bot.toml does: the repository can't widen its own rights. */
export function widened(ceiling: Ceiling, own: Own): { readonly key: keyof Own; readonly message: string }[] {
  return (Object.keys(own) as (keyof Own)[]).flatMap((key) => {
    const allowed = ceiling[key];
    const wanted = own[key];
    if (typeof allowed !== 'number' || wanted === undefined || wanted <= allowed) return [];
    const message = `is more than the ${allowed} that bot.toml allows; raise ${key} there, under [project.budget] of this project`;
    return [{ key, message }];
  });
}

/** What bot.toml says of days, for all projects. */
export function dayCaps(
  bot: z.output<typeof botBudgetSchema>,
  people: readonly { readonly name: string; readonly day_usd?: number | undefined; readonly day_tokens?: number | undefined }[],
): Pick<BudgetSettings, 'bot' | 'anyone' | 'people'> {
  const anyone = caps(bot.person_day_tokens, bot.person_day_usd);
  return {
    bot: caps(bot.day_tokens, bot.day_usd),
    anyone,
    people: people.map((person) => {
      const own = caps(person.day_tokens, person.day_usd);
      const both = { tokens: own.tokens ?? anyone.tokens, microUsd: own.microUsd ?? anyone.microUsd };
      const setIn: CapSources = {
        tokens: own.tokens === null ? 'everyone' : 'person',
        microUsd: own.microUsd === null ? 'everyone' : 'person',
      };
      return { actor: `person:${person.name}`, caps: both, setIn };
    }),
  };
}

function caps(tokenCount: Cap, dollars: Cap): Caps {
  return {
    tokens: typeof tokenCount === 'number' ? tokenCount : null,
    microUsd: typeof dollars === 'number' ? microUsdOf(dollars) : null,
  };
}
