import assert from 'node:assert/strict';
import { test } from 'node:test';
import { greet } from '../src/greetings.js';

test('greets in English', () => {
  assert.equal(greet('Ada'), 'Hello, Ada!');
});

test('greets in English where the language is not known', () => {
  assert.equal(greet('Ada', 'xx'), 'Hello, Ada!');
});
