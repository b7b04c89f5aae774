import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sortProducts } from '../src/products.js';

test('sorts products by name', () => {
  assert.deepEqual(sortProducts(['pear', 'Apple', 'fig']), ['Apple', 'fig', 'pear']);
});
