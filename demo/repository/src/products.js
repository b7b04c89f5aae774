/** Puts products into the order in which the shelf labels show them. */
export function sortProducts(names) {
  return [...names].sort((a, b) => a.localeCompare(b, 'en'));
}
