// Reads LogQL on standard input with Grafana's own grammar, and prints what a log alert consists of as JSON.
// The folder of the grammar is the first argument: node looks for packages beside this file, and there are none.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const { parser } = await import(pathToFileURL(process.argv[2]).href);
const text = readFileSync(0, 'utf8');
const found = { faults: [], by: [], matchers: [], lines: [], extracted: {}, filters: [] };
const names = { RangeOp: 'function', Duration: 'range', Number: 'threshold', VectorOp: 'aggregation' };

const said = (node) => text.slice(node.from, node.to);
const parts = (node) => [...children(node)].map((child) => unquoted(said(child)));
const unquoted = (word) => (/^["`]/.test(word) ? word.slice(1, -1) : word);

function* children(node) {
  for (let child = node.firstChild; child; child = child.nextSibling) yield child;
}

function within(node, name) {
  for (let above = node.parent; above; above = above.parent) if (above.name === name) return true;
  return false;
}

parser.parse(text).iterate({
  enter({ node, type, name }) {
    if (type.isError) found.faults.push(said(node.parent ?? node));
    if (name in names) found[names[name]] = said(node);
    if (name === 'Gtr') found.comparison = said(node);
    if (name === 'Matcher') found[within(node, 'LabelFilter') ? 'filters' : 'matchers'].push(parts(node));
    if (name === 'LineFilter') found.lines.push(parts(node));
    if (name === 'Identifier' && within(node, 'Grouping')) found.by.push(said(node));
    if (name === 'LabelExtractionExpression') {
      const [label, , field] = parts(node);
      found.extracted[label] = field;
    }
  },
});
console.log(JSON.stringify(found));
