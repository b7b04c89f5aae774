import * as z from 'zod';
import type { AsSettings } from '../as-settings.ts';

/** Addresses in which one word is filled in: `{item}` by the number, `{commit}` by the whole hash. Neither can be anything but digits and letters. */
const template = (variable: 'item' | 'commit') =>
  z.string().superRefine((value, context) => {
    const complain = (message: string): void => context.addIssue({ code: 'custom', message });
    const names = Array.from(value.matchAll(/\{([^{}]*)\}/g), ([, name]) => name);
    const unknown = names.find((name) => name !== variable);
    if (unknown !== undefined) return complain(`unknown placeholder "{${unknown}}"; use {${variable}}`);
    if (names.length === 0) return complain(`must contain {${variable}} in place of the ${variable === 'item' ? 'number' : 'hash'}`);
    if (!isWebAddress(value)) complain('must be a web address that begins with https:// or http://, without a user name or password');
  });

/** The section `[links]` of a project file. */
export const linksSchema = z.strictObject({
  item: template('item')
    .optional()
    .meta({ description: 'The page of an item, with `{item}` for its number.', example: 'https://tracker.example.org/shop/{item}' }),
  commit: template('commit')
    .optional()
    .meta({ description: 'The page of a commit, with `{commit}` for its hash.', example: 'https://git.example.org/shop/commit/{commit}' }),
});

/** Where items and commits can be looked at; null: nowhere. `{item}` and `{commit}` are in the addresses. */
export type LinkSettings = AsSettings<typeof linksSchema>;

/** What is filled in must not decide where a link leads: the host has to stand there. */
function isWebAddress(value: string): boolean {
  const url = URL.parse(value.replaceAll(/\{[^{}]*\}/g, '1'));
  const host = /^https?:\/\/([^/?#]*)/i.exec(value)?.[1] ?? '{';
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && !/[{@\s]/.test(host) && !/\s/.test(value);
}
