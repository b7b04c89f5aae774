import type { Picture, PictureRow, Tone } from '../../src/message/picture/picture.ts';

const TONES: readonly Tone[] = ['needs', 'blocked', 'running', 'waiting', 'merged', 'idle'];

/** One picture of each kind in which each text is `said`. */
export function pictures(said: string): { readonly [K in Picture['of']]: Extract<Picture, { of: K }> } {
  const rows: PictureRow[] = TONES.map((tone) => ({ tone, title: said, detail: said }));
  const sections = [{ title: said, rows, more: said }];
  return {
    board: {
      of: 'board',
      title: said,
      note: said,
      stages: ['backlog', 'current', 'qa', 'merge', 'done', 'archived'].map((name, count) => ({ name, count })),
      remark: said,
      sections,
    },
    graph: {
      of: 'graph',
      title: said,
      note: said,
      nodes: TONES.map((tone, number) => ({ tone, number, title: said, detail: said })),
      edges: [
        [0, 1],
        [1, 2],
        [0, 2],
        [2, 3],
        [2, 4],
        [4, 5],
      ],
    },
    cost: {
      of: 'cost',
      title: said,
      note: said,
      days: Array.from({ length: 14 }, (_, day) => ({ label: said, amount: (day * 37) % 11, words: said })),
      groups: [{ title: said, bars: [0, 1, 7].map((amount) => ({ label: said, amount, words: said })), more: said }],
      budgets: [0, 4, 9].map((amount) => ({ label: said, amount, limit: 5, words: said })),
    },
    diff: {
      of: 'diff',
      title: said,
      note: said,
      files: [0, 3, 100_000].map((added) => ({ path: said, added, removed: 7 })),
      moreFiles: said,
      patch: ['diff --git a/x b/', '@@ -1 +1 @@ ', ' ', '-', '+'].map((mark) => mark + said.replaceAll('\n', ' ')).join('\n'),
      moreLines: said,
    },
    digest: {
      of: 'digest',
      title: said,
      note: said,
      facts: TONES.map((tone) => ({ tone, value: said, label: said })),
      sections,
    },
    card: {
      of: 'card',
      title: said,
      tone: 'needs',
      state: said,
      stages: ['current', 'qa', 'merge', 'done'],
      at: 1,
      fields: [{ name: said, value: said }],
    },
    code: { of: 'code', title: said, rows: ['101', '010', '101'] },
  };
}

/** What breaks markup, fonts or layouts where it can. */
export const NAUGHTY: readonly string[] = [
  '',
  ' ',
  '</text></svg><script>alert(1)</script>',
  '"><image href="http://127.0.0.1/x.png"/>',
  "' onload='alert(1)",
  ']]><!-- -->&lt;&#0;&nbsp;%s{{7*7}}',
  '\u0000\u0008\u001b[2J\u007f\u0085\ufffe\uffff',
  '\ud83d half \udc00',
  '\u202e right to left \u2066 ﷽ עברית عربى',
  '修复登录 がつ 한국어',
  '🚀 👩‍👩‍👧‍👦 🇩🇪 👍🏽 ☺️',
  'Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!͖̬̰̙̗̿̋ͥͥ̂ͣ̐́́͜͞',
  '\u200b\u200d\ufeff\u00ad',
  'x'.repeat(100_000),
  '漢'.repeat(10_000),
  '\n\n\t\r\n a \u2028 b',
];
