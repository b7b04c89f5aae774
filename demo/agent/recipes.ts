import type { Workshop } from './workshop.ts';

/** How the demo agent carries out an item: steps that it names before it takes them. */
export interface Recipe {
  readonly commit: string;
  readonly steps: readonly Step[];
}
export interface Step {
  readonly says: string;
  readonly does: (shop: Workshop) => void;
}

const SLUG = `/** A name that fits into a web address: lower-case letters, digits and single dashes. */
export function slug(name) {
  return name
    .normalize('NFKD')
    .replace(/\\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
`;

const SLUG_TEST = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { slug } from '../src/slug.js';

test('makes a name that fits into a web address', () => {
  assert.equal(slug('Crème fraîche, 200 g'), 'creme-fraiche-200-g');
});

test('leaves no dash at either end', () => {
  assert.equal(slug(' (Bread) '), 'bread');
});
`;

/** The obvious way, which is wrong: 1.005 * 100 is 100.49999999999999. */
const ROUND_FIRST = `
/** Rounds a price to the cent, half a cent up. */
export function roundPrice(price) {
  return Math.round(price * 100) / 100;
}
`;

const ROUND_RIGHT = `
/** Rounds a price to the cent, half a cent up. In decimal notation: price * 100 would lose the half in 1.005. */
export function roundPrice(price) {
  const [digits, exponent = '0'] = String(price).split('e');
  const cents = Math.round(Number(\`\${digits}e\${Number(exponent) + 2}\`));
  return cents / 100;
}
`;

/** The test's name is what a failed gate's output shows; the agent looks for it in the evidence. */
const ROUND_TEST_NAME = 'rounds half a cent up';
const ROUND_TEST = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { roundPrice } from '../src/prices.js';

test('${ROUND_TEST_NAME}', () => {
  assert.equal(roundPrice(1.005), 1.01);
});

test('leaves whole cents alone', () => {
  assert.equal(roundPrice(2.5), 2.5);
  assert.equal(roundPrice(0.1 + 0.2), 0.3);
});
`;

const LINKS = `import { roundPrice } from './prices.js';
import { slug } from './slug.js';

/** Where a product's page lives, and the label beside the link. */
export function productLink(product) {
  return { href: \`/products/\${slug(product.name)}\`, label: \`\${product.name}: \${roundPrice(product.price).toFixed(2)}\` };
}
`;

const LINKS_TEST = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { productLink } from '../src/links.js';

test('links to the page of a product and shows its price', () => {
  assert.deepEqual(productLink({ name: 'Crème fraîche', price: 1.005 }), {
    href: '/products/creme-fraiche',
    label: 'Crème fraîche: 1.01',
  });
});
`;

function newModule(name: string, source: string, test: string, commit: string): Recipe {
  return {
    commit,
    steps: [
      { says: `writing src/${name}.js`, does: (shop) => shop.write(`src/${name}.js`, source) },
      { says: 'exporting it', does: (shop) => shop.addLine('src/index.js', `export * from './${name}.js';`) },
      { says: `writing test/${name}.test.js`, does: (shop) => shop.write(`test/${name}.test.js`, test) },
    ],
  };
}

function greeting(code: string, language: string, word: string): Recipe {
  return {
    commit: `Greet in ${language}`,
    steps: [
      {
        says: `adding ${language} to src/greetings.js`,
        does: (shop) => shop.insertAfter('src/greetings.js', "  en: 'Hello',", `  ${code}: '${word}',`),
      },
      {
        says: `writing test/greetings-${code}.test.js`,
        does: (shop) =>
          shop.write(
            `test/greetings-${code}.test.js`,
            `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { greet } from '../src/greetings.js';

test('greets in ${language}', () => {
  assert.equal(greet('Ada', '${code}'), '${word}, Ada!');
});
`,
          ),
      },
    ],
  };
}

/** Reads the evidence: only an agent that was shown the failing test looks closer. */
function rounding(prompt: string): Recipe {
  const warned = prompt.includes(ROUND_TEST_NAME);
  return {
    commit: warned ? 'Round half a cent up, also where binary fractions lose it' : 'Round prices to the cent',
    steps: [
      {
        says: warned ? `the test "${ROUND_TEST_NAME}" failed: price * 100 loses the half of 1.005` : 'adding roundPrice to src/prices.js',
        does: (shop) => {
          const present = shop.read('src/prices.js').replace(ROUND_FIRST, '').replace(ROUND_RIGHT, '');
          shop.write('src/prices.js', present + (warned ? ROUND_RIGHT : ROUND_FIRST));
        },
      },
      { says: 'writing test/round-price.test.js', does: (shop) => shop.write('test/round-price.test.js', ROUND_TEST) },
    ],
  };
}

/** An item that nobody foresaw becomes a small module of its own, with a test that checks it. */
function feature(title: string, item: string): Recipe {
  // The title goes into the sources as a JSON string, and into no file name: it may hold anything.
  const text = JSON.stringify(title);
  const source = `/** Work item ${item}. */
export const feature${item} = { item: ${item}, title: ${text}, ready: true };
`;
  const test = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { feature${item} } from '../src/index.js';

test('item ${item} is ready', () => {
  assert.equal(feature${item}.title, ${text});
  assert.equal(feature${item}.ready, true);
});
`;
  return newModule(`item-${item}`, source, test, title.slice(0, 70));
}

/** What the agent does for an item. `prompt` holds the evidence of a failed attempt, where there was one. */
export function recipeFor(item: { readonly title: string; readonly number: string; readonly prompt: string }): Recipe {
  switch (item.title) {
    case 'Short names for product pages':
      return newModule('slug', SLUG, SLUG_TEST, 'Short names for product pages');
    case 'Round prices to the cent':
      return rounding(item.prompt);
    case 'Greet in German':
      return greeting('de', 'German', 'Hallo');
    case 'Greet in French':
      return greeting('fr', 'French', 'Bonjour');
    case 'Links to product pages':
      return newModule('links', LINKS, LINKS_TEST, 'Links to product pages');
    default:
      return feature(item.title, item.number);
  }
}
