import { assert, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  action,
  actions,
  code,
  codeBlock,
  doc,
  fields,
  heading,
  image,
  line,
  link,
  list,
  mention,
  paragraph,
  progress,
  quote,
  table,
  strong,
} from '../../../src/message/build.ts';
import { editContent, messageContent, partsOf } from '../../../transports/matrix/sending/content.ts';
import { documentHtml } from '../../../transports/matrix/sending/html.ts';
import { objectAt, textAt } from '../../../transports/matrix/json.ts';
import { MATRIX_LIMITS } from '../../../transports/matrix/limits.ts';
import { htmlText } from '../../fakes/matrix/room-view.ts';

/** Tags and attributes that Matrix allows and that we make. */
const OURS =
  /<(?:\/?(?:p|h4|ul|ol|li|table|thead|tbody|tr|th|td|pre|code|blockquote|strong|em|a)|br|code class="language-[\w+-]+"|a href="(?:https?:|mailto:)[^"<>]*")>/gi;

describe('the HTML of a document', () => {
  it('has no tag, attribute or entity that a text brought along', () => {
    assert(
      property(string({ unit: 'binary', maxLength: 200 }), (text) => {
        const hostile = `${text}<img src=x onerror=alert(1)>"'&`;
        const document = doc(
          paragraph(hostile, code(hostile), mention(hostile, hostile), link(hostile, hostile), link(`https://x/${hostile}`, hostile)),
          heading(hostile),
          list([hostile]),
          table([hostile], [[hostile]]),
          codeBlock(hostile, hostile),
          fields([[hostile, hostile]]),
          quote(hostile),
          progress(hostile, 1, 2),
          actions(action(hostile, hostile)),
          image({ of: 'code', title: hostile, rows: [] }, hostile),
        );
        const rest = documentHtml(document).replaceAll(OURS, '');
        expect(rest).not.toMatch(/[<>"]|&(?!(?:amp|lt|gt|quot|#39);)/);
      }),
      { numRuns: 50 },
    );
  });

  it('leads nowhere but to the web and to mail', () => {
    for (const url of ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', ' https://x', 'mxc://x/y'])
      expect(documentHtml(line(link(url, 'click')))).toBe(htmlEscaped(`<p>click <${url}></p>`));
    expect(documentHtml(line(link('https://example.org/?a=1&b="2"', 'click')))).toBe(
      '<p><code><a href="https://example.org/?a=1&amp;b=&quot;2&quot;">click</a></code></p>',
    );
  });

  it('leaves no address in a text for clients to preview', () => {
    const text = 'see https://evil.example/x?a=<b> and evil.example/y, or HTTP://E.example; not a.b or 1/2 or src/log.';
    expect(documentHtml(line(text))).toBe(
      '<p>see <code>https://evil.example/x?a=&lt;b&gt;</code> and <code>evil.example/y,</code> or <code>HTTP://E.example;</code> not a.b or 1/2 or src/log.</p>',
    );
    const title = documentHtml(doc(paragraph(strong('https://evil.example/ two\nlines'))));
    expect(title).toBe('<p><strong><code>https://evil.example/</code> two<br>lines</strong></p>');
  });

  it('makes a pill only of a full id', () => {
    expect(documentHtml(line(mention('@ada:example.org', 'Ada')))).toBe(
      '<p><a href="https://matrix.to/#/%40ada%3Aexample.org">Ada</a></p>',
    );
    expect(documentHtml(line(mention('U123', 'Ada')))).toBe('<p>@Ada</p>');
  });

  it('says how to react, and what to type instead', () => {
    expect(htmlText(documentHtml(doc(actions(action('Yes', 'yes'), action('No', 'no')))))).toBe(
      'React, or type:\n👍 Yes: yes\n👎 No: no\n',
    );
  });
});

describe('the content of a message', () => {
  it('is a notice that mentions nobody, as an edit as well', () => {
    const part = line('@room @ada:example.org');
    const sent = messageContent(part, 'k', '$root');
    expect(sent).toMatchObject({ msgtype: 'm.notice', 'm.mentions': {}, 'm.relates_to': { rel_type: 'm.thread', is_falling_back: true } });
    const edited = editContent(part, 'k', '$1');
    expect(edited).toMatchObject({ msgtype: 'm.notice', 'm.mentions': {}, 'm.new_content': { msgtype: 'm.notice', 'm.mentions': {} } });
  });

  it('stays well under the size of an event, whatever the text, also as an edit', () => {
    for (const text of ['"\\'.repeat(20_000), '漢'.repeat(20_000), '<&>'.repeat(15_000), '👩‍👩‍👧‍👦'.repeat(3_000)]) {
      for (const part of partsOf(doc(paragraph(text), codeBlock(text)))) {
        const sent = messageContent(part, 'k', '$root');
        const counted = Buffer.byteLength((textAt(sent, 'body') ?? '') + (textAt(sent, 'formatted_body') ?? ''));
        expect(counted).toBeLessThanOrEqual(MATRIX_LIMITS.text);
        // Encrypted, it grows by a third.
        expect(Buffer.byteLength(JSON.stringify(sent)) * 1.37).toBeLessThan(65_536);
        expect(Buffer.byteLength(JSON.stringify(editContent(part, 'k', '$1'))) * 1.37).toBeLessThan(65_536);
      }
    }
  });

  it('keeps the whole text in an edit where clients look for it, and says how much is left out where they do not', () => {
    const part = line('x'.repeat(5_000));
    const edited = editContent(part, 'k', '$1');
    expect(textAt(objectAt(edited, 'm.new_content'), 'body')?.replaceAll('\n', '')).toBe('x'.repeat(5_000));
    expect(textAt(edited, 'body')).toMatch(/^\* [x\n]+… \[\d+ characters left out\]$/);
  });
});

function htmlEscaped(text: string): string {
  return text.replace(/ <(.*)>(?=<\/p>)/, (_, url: string) => ` &lt;${url}&gt;`);
}
