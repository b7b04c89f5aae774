/** How customers are greeted, by language. */
export const GREETINGS = {
  en: 'Hello',
};

/** Greets a customer by name; English where the language is not known. */
export function greet(name, language = 'en') {
  const greeting = Object.hasOwn(GREETINGS, language) ? GREETINGS[language] : GREETINGS.en;
  return `${greeting}, ${name}!`;
}
