// In a graph, a click on an item shows its lineage: all that it depends on and all that waits for it. A second click opens it.

export function startGraph() {
  document.addEventListener('click', ({ target }) => {
    if (!(target instanceof Element)) return;
    const graph = target.closest('.graph');
    if (graph === null) return;
    const item = target.closest('.node')?.getAttribute('data-item') ?? null;
    if (item !== null && graph.getAttribute('data-chosen') === item) {
      location.href = `${graph.getAttribute('data-items') ?? ''}${item}`;
      return;
    }
    if (item === null) graph.removeAttribute('data-chosen');
    else graph.setAttribute('data-chosen', item);
    show(graph);
  });
  // What was fetched anew is drawn without it.
  document.addEventListener('musher:shown', () => document.querySelectorAll('.graph[data-chosen]').forEach(show));
}

/** @param {Element} graph */
function show(graph) {
  const chosen = graph.getAttribute('data-chosen');
  const edges = [...graph.querySelectorAll('.edge')].map((edge) => ({
    edge,
    from: edge.getAttribute('data-from') ?? '',
    to: edge.getAttribute('data-to') ?? '',
  }));
  const kin = chosen === null ? null : new Set([...reached(chosen, edges, 'from', 'to'), ...reached(chosen, edges, 'to', 'from')]);
  for (const node of graph.querySelectorAll('.node'))
    node.classList.toggle('dim', kin !== null && !kin.has(node.getAttribute('data-item') ?? ''));
  for (const { edge, from, to } of edges) edge.classList.toggle('dim', kin !== null && !(kin.has(from) && kin.has(to)));
}

/** Everything that is reached from an item one way, itself included. */
function reached(start, edges, near, far) {
  const found = new Set([start]);
  for (const one of found) for (const edge of edges) if (edge[near] === one) found.add(edge[far]);
  return found;
}
