/**
 * Thirty secrets, all of them invented, in the forms that real ones have. Each is put together from parts, so that this
 * file itself holds none that a search could find.
 */
const letters = (count: number, seed: string): string => seed.repeat(Math.ceil(count / seed.length)).slice(0, count);
const join = (...parts: readonly string[]): string => parts.join('');
const KEY = letters(320, 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC');

/** Known by their shape, whoever they belong to. */
export const SHAPED: readonly (readonly [name: string, secret: string])[] = [
  ['GitHub token', join('gh', 'p_', letters(36, 'aB3dE6gH9'))],
  ['GitHub token', join('gh', 's_', letters(36, 'Zy8xW5vU2'))],
  ['GitHub token', join('github', '_pat_', letters(60, 'A1b2C3d4_'))],
  ['GitLab token', join('gl', 'pat-', letters(20, 'x7Y-z'))],
  ['Anthropic key', join('sk', '-ant-', 'api03-', letters(90, 'Q9w-E8r_'))],
  ['OpenAI key', join('sk', '-proj-', letters(48, 'K3y5'))],
  ['Slack token', join('xo', 'xb-', '123456789012-', letters(24, 'AbC1'))],
  ['Slack token', join('xa', 'pp-1-', 'A012-', letters(30, '9f8e'))],
  ['Slack webhook', join('https://hooks.slack', '.com/services/T000/B000/', letters(24, 'xYz1'))],
  ['Discord token', join('M', letters(23, 'TIz4'), '.', letters(6, 'GhIj'), '.', letters(38, 'kLm-'))],
  ['Discord webhook', join('https://discord', '.com/api/webhooks/123456789012345678/', letters(68, 'aZ_0'))],
  ['Matrix token', join('sy', 't_', 'YW5uYQ', '_', letters(20, 'mNoP'), '_', '2a9Bcd')],
  ['AWS key', join('AK', 'IA', letters(16, 'QRST2345'))],
  ['Google key', join('AI', 'za', letters(35, 'Sy-Dq'))],
  ['npm token', join('np', 'm_', letters(36, 'f0o'))],
  ['PyPI token', join('py', 'pi-', 'AgEIcHlwaS5vcmc', letters(60, 'CJD9'))],
  ['Stripe key', join('sk', '_live_', letters(24, '51H'))],
  ['JSON web token', join('ey', 'JhbGciOiJIUzI1NiJ9', '.ey', 'JzdWIiOiIxMjM0NTYifQ', '.', letters(43, 'sIg_'))],
  ['private key', join('-----BEGIN ', 'PRIVATE KEY-----\n', KEY, '\n-----END ', 'PRIVATE KEY-----')],
  ['private key', join('-----BEGIN ', 'OPENSSH PRIVATE KEY-----\n', KEY)],
  ['password in an address', join('hunter2', 'swordfish')],
];

/** Musher's own: of no shape, known from the configuration. */
export const CONFIGURED: readonly string[] = [
  'correct horse battery staple',
  'p@ss/word+with=signs&more',
  'quo"ted\\and\nbroken',
  'ümläute-sind-auch-geheim',
  'deadbeefcafef00d8badf00d',
  'short-but-8',
  'A very long passphrase that somebody thought nobody would ever put into a log file, twice.',
  '00000000-1111-2222-3333-444444444444',
  '$(rm -rf)`dollar`',
];

/** How a secret of a shape turns up: a password only inside an address. */
export function inContext(name: string, secret: string): string {
  return name === 'password in an address' ? `postgres://app:${secret}@db.example.org/shop` : secret;
}
