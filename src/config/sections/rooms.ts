import * as z from 'zod';
import { NETWORKS } from '../../../transports/index.ts';
import type { Network } from '../../../transports/network.ts';
import { name, people, text } from './fields.ts';
import { AFTER_QUIET_HOURS, parseQuietHours, parseTimeOfDay } from '../quiet-hours.ts';
import { asSettings, type AsSettings } from '../as-settings.ts';
import { NOTIFY_KINDS, NOTIFY_STYLES } from '../choices.ts';

/** In `subscribe team merges` the room comes first, so its name must not be a word of the command. */
const NO_ROOM_NAME = new Set<string>([...NOTIFY_KINDS, 'default', 'everything', 'only', 'in', ...NOTIFY_STYLES]);
const roomName = () => name().refine((word) => !NO_ROOM_NAME.has(word), 'is a word of the command `subscribe`; choose another');

/** A person as the lists name them, in the documentation. */
const SOMEBODY = NETWORKS.flatMap(({ name: network, ids }) => (ids === null ? [] : [`${network}:${ids.person.example}`])).slice(-1);

/** The three lists of people, with what `where` adds to each one's comment. */
export const roleLists = (where: string) => ({
  admin: people()
    .default([])
    .meta({ description: `Admins ${where}.`, example: ['anna'] }),
  operator: people()
    .default([])
    .meta({ description: `Operators ${where}.`, example: ['ben'] }),
  viewer: people()
    .default([])
    .meta({ description: `Viewers ${where}.`, example: SOMEBODY }),
});

/** A section `[[room]]`, where these networks can be used. */
export const roomSchemaOf = (networks: readonly Network[]) => {
  const shapes = networks.flatMap(({ name: network, ids }) => (ids === null ? [] : [{ network, ...ids.room }]));
  return z.strictObject({
    transport: z
      .enum(shapes.map(({ network }) => network))
      .meta({ description: "The room's network.", example: shapes.at(-1)?.network ?? '' }),
    id: text().meta({
      description: `The room's id on its network: ${shapes.map(({ brief }) => brief).join(', ')}.`,
      example: shapes.at(-1)?.example ?? '',
    }),
    name: roomName().optional().meta({ description: "The room's name in commands. Default: `<transport>:<id>`.", example: 'shop-team' }),
    project: name().meta({ description: "The room's project.", example: 'shop' }),
    notify: z.array(z.enum(NOTIFY_KINDS)).default(['stages', 'failures', 'approvals', 'merges', 'limits']).meta({
      description:
        'Which notifications the room gets; `limits` are rate limits of accounts. `subscribe` and `unsubscribe` change that from chat.',
    }),
    notify_style: z.enum(NOTIFY_STYLES).optional().meta({
      description:
        'Notifications as one card per item, edited in place, as messages in the room, or collected in one thread per item. Default: cards where the network edits messages.',
      example: 'cards',
    }),
    digest: z
      .string()
      .transform((value, context) => {
        const at = value === AFTER_QUIET_HOURS ? AFTER_QUIET_HOURS : parseTimeOfDay(value);
        if (at !== null) return at;
        context.addIssue({ code: 'custom', message: `must be a time of day such as "18:00", or "${AFTER_QUIET_HOURS}"` });
        return z.NEVER;
      })
      .optional()
      .meta({
        description: `Sums up every day at this time what was merged, blocked, waits for people and was spent; or "${AFTER_QUIET_HOURS}".`,
        example: '18:00',
        type: 'time of day',
      }),
    pictures: z.boolean().default(false).meta({
      description: 'Adds a picture to `status`, `graph`, `cost`, `diff` and digests. Without it `--picture` asks for one.',
    }),
    quiet_hours: z
      .string()
      .transform((value, context) => {
        const hours = parseQuietHours(value);
        if (hours !== null) return hours;
        context.addIssue({ code: 'custom', message: 'must be two times of day such as "22:00-07:00"' });
        return z.NEVER;
      })
      .optional()
      .meta({
        description: "Notifications wait during these hours. Agents' requests get their full time afterwards.",
        example: '22:00-07:00',
        type: 'times of day',
      }),
    ...roleLists('of this project, in this room only'),
  });
};

type Room = ReturnType<typeof roomSchemaOf>;

/** Stable sender ids, written `<transport>:<id>`, or names of people. */
export type RoleSettings = AsSettings<z.ZodObject<ReturnType<typeof roleLists>>>;

/** A room of a network that Musher serves; its roles hold in this room alone, besides those that hold everywhere. */
export interface RoomSettings extends Omit<AsSettings<Room>, keyof RoleSettings> {
  readonly roles: RoleSettings;
}

/** A section `[[room]]` as settings. */
export function roomSettings(schema: Room, room: z.output<Room>): RoomSettings {
  const { admin, operator, viewer, ...own } = asSettings(schema, room);
  return { ...own, roles: { admin, operator, viewer } };
}
