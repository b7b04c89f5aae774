/** The sum of a list of prices. */
export function total(prices) {
  return prices.reduce((sum, price) => sum + price, 0);
}
