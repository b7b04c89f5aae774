import * as z from 'zod';
import { NETWORKS } from '../../../transports/index.ts';
import type { Network } from '../../../transports/network.ts';
import { name, people, text } from './fields.ts';
import { parseQuietHours } from './quiet-hours.ts';
import { NOTIFY_KINDS, NOTIFY_STYLES } from '../settings.ts';

/** In `subscribe team merges` the room comes first: it must not read like what it is told. */
const NO_ROOM_NAME = new Set<string>([...NOTIFY_KINDS, 'default', 'everything', 'only', 'in', 'threads', 'messages']);
const roomName = () => name().refine((word) => !NO_ROOM_NAME.has(word), 'is a word of the command `subscribe`; choose another');

/** A person as the lists name them, in the documentation. */
const SOMEBODY = NETWORKS.map(({ name: network, ids }) => `${network}:${ids.person.example}`).slice(-1);

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
export const roomSchemaOf = (networks: readonly Network[]) =>
  z.strictObject({
    transport: z
      .enum(networks.map((network) => network.name))
      .meta({ description: 'The network that the room is in.', example: networks.at(-1)?.name ?? '' }),
    id: text().meta({
      description: `The network's own id of the room: ${networks.map(({ ids }) => ids.room.brief).join(', ')}.`,
      example: networks.at(-1)?.ids.room.example ?? '',
    }),
    name: roomName()
      .optional()
      .meta({ description: 'What people call the room in commands. Default: `<transport>:<id>`.', example: 'shop-team' }),
    project: name().meta({ description: 'The project that the room speaks of.', example: 'shop' }),
    notify: z
      .array(z.enum(NOTIFY_KINDS))
      .default(['stages', 'failures', 'approvals', 'merges'])
      .meta({ description: 'What the room is told without asking; `subscribe` and `unsubscribe` change it from chat.' }),
    notify_style: z.enum(NOTIFY_STYLES).default('messages').meta({
      description: 'Each notification as a message of the room, or what happens to an item in a thread of its own.',
      example: 'threads',
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
        description: 'Notifications wait while it is this time of day; what an agent asks keeps its whole time for after it.',
        example: '22:00-07:00',
        type: 'times of day',
      }),
    ...roleLists('for this project in this room alone'),
  });
