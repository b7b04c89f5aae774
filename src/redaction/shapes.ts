import { WORD_START as START, type Network, type SecretShape } from '../../transports/network.ts';

/**
 * Forms that the makers of these secrets have written down so that they can be found. Long runs of letters without such
 * a form are not here: they would hide commit ids and hashes, which people need to read.
 */
const COMMON: readonly SecretShape[] = [
  { name: 'GitHub token', pattern: `${START}gh[pousr]_[A-Za-z0-9]{36,255}`, hints: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'] },
  { name: 'GitHub token', pattern: `${START}github_pat_[A-Za-z0-9_]{22,255}`, hints: ['github_pat_'] },
  { name: 'GitLab token', pattern: `${START}glpat-[A-Za-z0-9_-]{20,64}`, hints: ['glpat-'] },
  { name: 'Anthropic key', pattern: `${START}sk-ant-[A-Za-z0-9_-]{20,200}`, hints: ['sk-'] },
  { name: 'OpenAI key', pattern: `${START}sk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{40,200}`, hints: ['sk-'] },
  { name: 'AWS key', pattern: `${START}(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z0-9])`, hints: ['AKIA', 'ASIA'] },
  { name: 'Google key', pattern: `${START}AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])`, hints: ['AIza'] },
  { name: 'npm token', pattern: `${START}npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])`, hints: ['npm_'] },
  { name: 'PyPI token', pattern: `${START}pypi-[A-Za-z0-9_-]{50,300}`, hints: ['pypi-'] },
  { name: 'Stripe key', pattern: `${START}[rs]k_live_[A-Za-z0-9]{20,250}`, hints: ['k_live_'] },
  {
    name: 'JSON web token',
    pattern: `${START}eyJ[A-Za-z0-9_-]{10,2000}\\.eyJ[A-Za-z0-9_-]{10,4000}\\.[A-Za-z0-9_-]{10,2000}`,
    hints: ['eyJ'],
  },
  // Whole, or as many of its lines as there are where its end was cut off. In JSON its line ends are written \\n.
  {
    name: 'private key',
    pattern:
      '-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY-----(?:(?:[A-Za-z0-9+/=\\s\\\\:,.]|-(?!-)){0,12000}?-----END (?:[A-Z0-9]+ ){0,3}PRIVATE KEY-----|(?:(?:\\s|\\\\[nr]){0,8}[A-Za-z0-9+/=]{16,400}){0,400})',
    hints: ['-----BEGIN '],
  },
  { name: 'password in an address', pattern: '(?<=://[^\\s/:@"\'<>]{1,100}:)[^\\s/:@"\'<>]{3,200}(?=@[A-Za-z0-9[])', hints: ['://'] },
];

/** All shapes that are known: those of networks and the others. */
export function shapesOf(networks: readonly Network[]): readonly SecretShape[] {
  return [...COMMON, ...networks.flatMap(({ secrets }) => secrets)];
}
