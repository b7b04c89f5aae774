import { Cron } from 'croner';
import * as z from 'zod';
import { asSettings, type AsSettings } from '../as-settings.ts';

/** How Musher is looked after: its backups, and what a monitoring system may read. */
export const backupSchema = z.strictObject({
  schedule: z
    .string()
    .refine(isSchedule, 'must be a cron schedule of five fields, such as "0 3 * * *" for every night at 3:00, or "off"')
    .transform((schedule) => (schedule === 'off' ? null : schedule))
    .prefault('0 3 * * *')
    .meta({ description: "When to back up the log, as a cron schedule in the bot's time zone. `off`: only with the command `backup`." }),
  folder: z.string().min(1).optional().meta({
    description: 'Folder for the backups, relative to this file; `~` is your home. Default: `backups` in the data directory.',
    example: '/mnt/backup/musher',
  }),
  keep: z.int().min(1).max(10_000).default(7).meta({ description: 'How many backups to keep; the oldest are deleted.' }),
});

export const monitorSchema = z.strictObject({
  address: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .meta({ description: 'The address to listen on. Anything but a loopback address shows the metrics to everyone who can reach it.' }),
  port: z.int().min(0).max(65_535).meta({ description: 'The port for `/healthz` and `/metrics`.', example: 9464 }),
});

/** Schedule null: never by itself. Folder absolute; null: `backups` in the data directory. */
export type BackupSettings = AsSettings<typeof backupSchema>;

/** Where `/healthz` and `/metrics` are served; port 0: any free one. */
export type MonitorSettings = AsSettings<typeof monitorSchema>;

/** `folderOf` makes a path that a person wrote absolute. */
export function backupSettings(backup: z.output<typeof backupSchema>, folderOf: (path: string) => string): BackupSettings {
  return { ...asSettings(backupSchema, backup), folder: backup.folder === undefined ? null : folderOf(backup.folder) };
}

/** Null: nothing is served. */
export function monitorSettings(monitor: z.output<typeof monitorSchema> | undefined): MonitorSettings | null {
  return monitor === undefined ? null : asSettings(monitorSchema, monitor);
}

function isSchedule(text: string): boolean {
  if (text === 'off') return true;
  if (text.trim().split(/\s+/).length !== 5) return false;
  try {
    return new Cron(text, { paused: true }).nextRun() !== null;
  } catch {
    return false;
  }
}
