import { graphlib, layout } from '@dagrejs/dagre';
import type { GraphNode, GraphPicture } from '../message/picture/picture.ts';
import { framed, NARROW, PADDING } from './frame.ts';
import { withoutImplied, type Edge } from './implied.ts';
import { PALETTE, TONES } from './palette.ts';
import { moved, symbol, write, type Drawing } from './shapes.ts';
import { svg, type Svg } from './svg.ts';
import { wrapped } from './text.ts';

const NODE = { width: 170, height: 62 } as const;

interface Placed {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly { readonly node: GraphNode; readonly x: number; readonly y: number }[];
  readonly edges: readonly { readonly edge: Edge; readonly points: readonly { readonly x: number; readonly y: number }[] }[];
}

/** What waits for what, from left to right or from top to bottom: the way in which its texts are larger in a square. */
export function graph({ title, note, nodes, edges }: GraphPicture): Drawing {
  if (nodes.length === 0) return framed(NARROW, title, note, { svg: svg``, height: 0 });
  const drawn = withoutImplied(edges);
  const placed =
    [place(nodes, drawn, 'LR'), place(nodes, drawn, 'TB')].toSorted((a, b) => side(a) - side(b))[0] ?? place(nodes, drawn, 'LR');
  const inner = Math.max(NARROW - 2 * PADDING, placed.width);
  const body = moved((inner - placed.width) / 2, 0, [...placed.edges.map(arrow), ...placed.nodes.map(drawNode)]);
  return framed(Math.ceil(inner) + 2 * PADDING, title, note, { svg: body, height: placed.height });
}

function side({ width, height }: Placed): number {
  return Math.max(width, height);
}

function place(nodes: readonly GraphNode[], edges: readonly Edge[], direction: 'LR' | 'TB'): Placed {
  const plan = new graphlib.Graph();
  plan.setGraph({ rankdir: direction, nodesep: 14, ranksep: 36, marginx: 2, marginy: 2 });
  plan.setDefaultEdgeLabel(() => ({}));
  const known = new Set(nodes.map(({ number }) => number));
  for (const { number } of nodes) plan.setNode(String(number), { ...NODE });
  const both = edges.filter(([from, to]) => known.has(from) && known.has(to));
  for (const [from, to] of both) plan.setEdge(String(from), String(to));
  layout(plan);
  const { width = 0, height = 0 } = plan.graph();
  return {
    width: Math.ceil(width),
    height: Math.ceil(height),
    nodes: nodes.map((node) => {
      const { x, y } = plan.node(String(node.number));
      return { node, x: x - NODE.width / 2, y: y - NODE.height / 2 };
    }),
    edges: both.map((edge) => ({ edge, points: plan.edge(String(edge[0]), String(edge[1])).points ?? [] })),
  };
}

/** A line through its points, softly, with a head at its end. */
function arrow({ edge: [from, to], points }: Placed['edges'][number]): Svg {
  const [first, ...rest] = points;
  const end = points.at(-1);
  const before = points.at(-2);
  if (first === undefined || end === undefined || before === undefined) return svg``;
  const angle = (Math.atan2(end.y - before.y, end.x - before.x) * 180) / Math.PI;
  const way = rest.map(({ x, y }, index) => {
    const next = rest[index + 1];
    // Each point but the last bends the line, which continues halfway to the next one.
    return next === undefined ? svg`L${x} ${y}` : svg`Q${x} ${y} ${(x + next.x) / 2} ${(y + next.y) / 2}`;
  });
  return svg`<g class="edge" data-from="${from}" data-to="${to}"><path d="M${first.x} ${first.y}${way}" fill="none" stroke="${PALETTE.muted}" stroke-width="1.6"/><path class="edge-head" d="M0 0l-9 -4.5v9z" fill="${PALETTE.muted}" transform="translate(${end.x} ${end.y}) rotate(${angle})"/></g>`;
}

function drawNode({ node: { tone, number, title, detail }, x, y }: Placed['nodes'][number]): Svg {
  const width = NODE.width - 20;
  const lines = wrapped(title, 'sans', 12.5, width, 2);
  return moved(
    x,
    y,
    svg`<g class="node" data-item="${number}"><rect class="panel tone-${tone}" width="${NODE.width}" height="${NODE.height}" rx="8" fill="${PALETTE.panel}" stroke="${TONES[tone]}" stroke-width="1.4"/>${moved(8, 6, svg`<g transform="scale(0.82)">${symbol(tone)}</g>`)}${write(27, 17, detail, { size: 11, width: width - 17, fill: TONES[tone], look: `tone-${tone}` })}${lines.map((line, index) => write(10, 34 + index * 16, line, { size: 12.5, width }))}</g>`,
  );
}
