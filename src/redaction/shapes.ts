/** A kind of secret that is known by how it looks, whoever it belongs to. */
export interface Shape {
  /** What stands in its place, and what people are told: "a GitHub token". */
  readonly name: string;
  /** Source of a regular expression without groups that capture. Each begins with letters that are rare elsewhere. */
  readonly pattern: string;
}

/** Nothing of a longer word: base64 of something else holds any four letters sooner or later. */
const START = '(?<![A-Za-z0-9_/+-])';

/**
 * Forms that the makers of these secrets have written down so that they can be found. Long runs of letters without such
 * a form are not here: they would hide commit ids and hashes, which people need to read.
 */
export const SHAPES: readonly Shape[] = [
  { name: 'GitHub token', pattern: `${START}gh[pousr]_[A-Za-z0-9]{36,255}` },
  { name: 'GitHub token', pattern: `${START}github_pat_[A-Za-z0-9_]{22,255}` },
  { name: 'GitLab token', pattern: `${START}glpat-[A-Za-z0-9_-]{20,64}` },
  { name: 'Anthropic key', pattern: `${START}sk-ant-[A-Za-z0-9_-]{20,200}` },
  { name: 'OpenAI key', pattern: `${START}sk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{40,200}` },
  { name: 'Slack token', pattern: `${START}xox[abeoprs]-[A-Za-z0-9-]{10,250}` },
  { name: 'Slack token', pattern: `${START}xapp-[0-9]-[A-Za-z0-9-]{10,250}` },
  { name: 'Slack webhook', pattern: 'https://hooks\\.slack\\.com/(?:services|workflows)/[A-Za-z0-9/_-]{20,200}' },
  { name: 'Discord token', pattern: `${START}[MNO][A-Za-z0-9_-]{22,28}\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,60}` },
  {
    name: 'Discord webhook',
    pattern: 'https://(?:canary\\.|ptb\\.)?discord(?:app)?\\.com/api/webhooks/[0-9]{15,22}/[A-Za-z0-9_-]{40,100}',
  },
  { name: 'Matrix token', pattern: `${START}sy[ltra]_[A-Za-z0-9+/=-]{4,200}_[A-Za-z0-9]{20}_[A-Za-z0-9]{6}` },
  { name: 'AWS key', pattern: `${START}(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z0-9])` },
  { name: 'Google key', pattern: `${START}AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])` },
  { name: 'npm token', pattern: `${START}npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])` },
  { name: 'PyPI token', pattern: `${START}pypi-[A-Za-z0-9_-]{50,300}` },
  { name: 'Stripe key', pattern: `${START}[rs]k_live_[A-Za-z0-9]{20,250}` },
  { name: 'JSON web token', pattern: `${START}eyJ[A-Za-z0-9_-]{10,2000}\\.eyJ[A-Za-z0-9_-]{10,4000}\\.[A-Za-z0-9_-]{10,2000}` },
  // Whole, or as many of its lines as there are where its end was cut off. In JSON its line ends are written \\n.
  {
    name: 'private key',
    pattern:
      '-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY-----(?:(?:[A-Za-z0-9+/=\\s\\\\:,.]|-(?!-)){0,12000}?-----END (?:[A-Z0-9]+ ){0,3}PRIVATE KEY-----|(?:(?:\\s|\\\\[nr]){0,8}[A-Za-z0-9+/=]{16,400}){0,400})',
  },
  { name: 'password in an address', pattern: '(?<=://[^\\s/:@"\'<>]{1,100}:)[^\\s/:@"\'<>]{3,200}(?=@[A-Za-z0-9[])' },
];
