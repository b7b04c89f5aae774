export * from './greetings.js';
export * from './prices.js';
export * from './products.js';
