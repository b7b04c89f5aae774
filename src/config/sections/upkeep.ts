import { Cron } from 'croner';
import * as z from 'zod';
import type { BackupSettings, MonitorSettings } from '../settings.ts';

/** How Musher is looked after: its backups, and what a monitoring system may read. */
export const backupSchema = z.strictObject({
  schedule: z
    .string()
    .refine(isSchedule, 'must be five fields of cron, such as "0 3 * * *" for each night at three, or "off"')
    .default('0 3 * * *')
    .meta({ description: "When the log is copied, as cron has it, in the bot's time zone; `off`: only by the command `backup`." }),
  folder: z.string().min(1).optional().meta({
    description: 'Where the copies go; relative to this file, `~` is your home. Default: `backups` in the data directory.',
    example: '/mnt/backup/musher',
  }),
  keep: z.int().min(1).max(10_000).default(7).meta({ description: 'How many copies are kept; the oldest go.' }),
});

export const monitorSchema = z.strictObject({
  address: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .meta({ description: 'Where it is listened. Anything but the loopback address shows figures to whoever can reach it.' }),
  port: z.int().min(0).max(65_535).meta({ description: 'The port of `/healthz` and `/metrics`.', example: 9464 }),
});

/** `folderOf` makes a path that a person wrote absolute. */
export function backupSettings(backup: z.output<typeof backupSchema>, folderOf: (path: string) => string): BackupSettings {
  return {
    schedule: backup.schedule === 'off' ? null : backup.schedule,
    folder: backup.folder === undefined ? null : folderOf(backup.folder),
    keep: backup.keep,
  };
}

export function monitorSettings(monitor: z.output<typeof monitorSchema> | undefined): MonitorSettings | null {
  return monitor ?? null;
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
