import type { ItemType } from '../src/pipeline/types.ts';

/** One entry of the demo's backlog. */
export interface DemoItem {
  readonly title: string;
  readonly type: ItemType;
  readonly description: string;
  readonly criteria: readonly string[];
  /** Positions in the list, from 0. */
  readonly dependsOn: readonly number[];
}

/** What the demo starts with. The demo agent knows these titles; every other item it treats as a small new feature. */
export const DEMO_ITEMS: readonly DemoItem[] = [
  {
    title: 'Short names for product pages',
    type: 'story',
    description: 'Every product needs a name that fits into a web address: "Crème fraîche, 200 g" becomes "creme-fraiche-200-g".',
    criteria: ['slug() makes lower-case names of letters, digits and dashes', 'Accents are taken off', 'It has tests'],
    dependsOn: [],
  },
  {
    title: 'Round prices to the cent',
    type: 'bug',
    description: 'A price of 1.005 is shown as 1.00 on the receipt. Half a cent must be rounded up.',
    criteria: ['roundPrice(1.005) is 1.01', 'A test shows it'],
    dependsOn: [],
  },
  {
    title: 'Pay by card',
    type: 'story',
    description:
      'Customers can pay by card. (The agents of the demo can’t do this one: they end without work, until Musher blocks the item.)\n\ndemo: nothing',
    criteria: ['A card is charged the rounded price'],
    dependsOn: [],
  },
  {
    title: 'Greet in German',
    type: 'story',
    description:
      'Customers who set their language to German are greeted with "Hallo". (Start it together with "Greet in French": both change the same lines.)',
    criteria: ['greet("Ada", "de") says "Hallo, Ada!"'],
    dependsOn: [],
  },
  {
    title: 'Greet in French',
    type: 'story',
    description: 'Customers who set their language to French are greeted with "Bonjour".',
    criteria: ['greet("Ada", "fr") says "Bonjour, Ada!"'],
    dependsOn: [],
  },
  {
    title: 'Links to product pages',
    type: 'story',
    description:
      'A product page lives at /products/<short name>. Make the link from the product and its price, which the label beside it shows.',
    criteria: ['productLink() uses slug() and roundPrice()', 'It has tests'],
    dependsOn: [0, 1],
  },
  {
    title: 'Look into paying by card',
    type: 'spike',
    description: 'Find out what it would take to accept cards. (A spike ends with a report, which the room and `report 7` show.)',
    criteria: ['We know what it costs'],
    dependsOn: [],
  },
];
