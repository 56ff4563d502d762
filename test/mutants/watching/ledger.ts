import { inFile, type Mutant } from '../mutant.ts';

const FIGURES = 'test/store/ledger/figures.test.ts';
const LEDGER = 'test/ledger/ledger.test.ts';
const EXPORTS = 'test/admin/ledger/exports.test.ts';
const FEED = 'test/ledger/feed.test.ts';
const ENDS = 'test/admin/ledger/feed.test.ts';
const KEEPING = 'test/ledger/retention.test.ts';
const BATCHES = 'test/admin/ledger/batches.test.ts';
const FILES = 'test/store/log-files.test.ts';

const tally = inFile('src/store/ledger/tally.ts', FIGURES);
const rollups = inFile('src/store/ledger/rollup-sql.ts', FIGURES);
const writer = inFile('src/ledger/writing/writer.ts', LEDGER);
const waiting = inFile('src/ledger/writing/writer.ts', 'test/ledger/waiting.test.ts');
const floods = inFile('src/ledger/writing/floods.ts', LEDGER);
const strangers = inFile('src/ledger/writing/floods.ts', 'test/ledger/strangers.test.ts');
const queue = inFile('src/ledger/writing/queue.ts', LEDGER);
const lines = inFile('src/ledger/reading/lines.ts', EXPORTS);
const feed = inFile('src/ledger/reading/feed.ts', FEED);
const live = inFile('src/admin/operations/ledger/live.ts', ENDS);
const retention = inFile('src/ledger/writing/retention.ts', KEEPING);
const shares = inFile('src/ledger/writing/shares.ts', 'test/ledger/shares.test.ts');
const archive = inFile('src/ledger/writing/archive.ts', 'test/ledger/archive.test.ts');
const files = inFile('src/store/logs/log-files.ts', FILES);

/** What is written down, counted and shown of what happened. */
export const LEDGER_MUTANTS: readonly Mutant[] = [
  tally("if (row.outcome === 'refused') return;", '', 'refusals of strangers are requests'),
  inFile('src/proxy/batch/part.ts', BATCHES)(
    "if (fault && entry.outcome !== 'cancelled') noteFault(part, fault, deps);",
    '',
    'what is denied within a batch is not noted',
  ),
  inFile('src/proxy/batch/batch.ts', BATCHES)(
    'trail.isToldInParts = true;',
    '',
    'a batch counts beside its messages',
  ),
  tally('if (isStream(row)) return;', '', 'streams are timed'),
  tally('key: keepable(key)', 'key', 'a name that PostgreSQL keeps in no text costs the batch'),
  rollups(
    "if (level !== 'minute' && tally.start >= marks[level]) continue;",
    "if (level !== 'minute') continue;",
    'late entries are in no hour',
  ),
  inFile('src/store/ledger/admission.ts', FIGURES)(
    'if (known.size >= MOST_KEYS) return OTHER;',
    '',
    'names without end',
  ),
  inFile('src/store/ledger/histogram.ts', FIGURES)(
    'const PARTS = 32;',
    'const PARTS = 8;',
    'coarse quantiles',
  ),
  inFile('src/store/db/sqlite-worker.ts', FIGURES)(
    'statement.run(...row).changes > 0',
    'statement.run(...row)',
    'a batch that comes again counts twice',
  ),
  writer('this.#putBack(rest);', '', 'what the store did not take is gone'),
  writer('this.#events.push(lostEvent(lost, this.#deps.clock.now()));', '', 'what was dropped is not said'),
  waiting('this.#queue.lose(rows.slice(0, excess));', '', 'events that found no room to wait go untold'),
  floods(
    'if (known) known.count++;',
    'if (known && key.length === 0) known.count++;',
    'a flood is not counted',
  ),
  strangers('isOther ? { ...make(), ...others } : make()', 'make()', 'all others are told as one of them'),
  queue('if (share >= 1) return;', 'return;', 'the queue has no bound while the store hangs'),
  queue("row.outcome === 'ok' && left > 0", 'left > 0', 'failures are dropped as well'),
  queue('MOST_BYTES / Math.max(bytes, 1)', '1', 'rows without end in bytes'),
  lines(
    "const safe = FORMULA.test(text) ? `'${text}` : text;",
    'const safe = text;',
    'formulas in spreadsheets',
  ),
  inFile('src/ledger/reading/feed.ts', 'test/admin/ledger/slow-reader.test.ts')(
    'this.#waiting.length > MOST_WAITING',
    'false',
    'slow readers fill the memory',
  ),
  inFile('src/ledger/writing/queue.ts', 'test/e2e/faults/slow-disk.test.ts')(
    'const MOST_BYTES = 32 * 1024 * 1024;',
    'const MOST_BYTES = 1e12;',
    'a slow disk fills the memory',
  ),
  inFile('src/ledger/writing/writer.ts', 'test/e2e/faults/slow-disk.test.ts')(
    'this.#events.push(lostEvent(lost, this.#deps.clock.now()));',
    '',
    'what a slow disk cost goes untold',
  ),
  feed('this.#missed++;', '', 'slow readers are not told'),
  feed('if (!isKnown) return', 'if (false) return', 'a gap in the feed is not told'),
  live('if (!may) reader.close();', '', 'the feed outlives the right to read it'),
  retention('await this.#archive(table, limit, before);', '', 'what goes is not archived'),
  archive(
    'const isFull = found !== undefined && ',
    'const isFull = false && ',
    'one file of the archive for ever',
  ),
  archive('found.day !== dayOf(now)', 'false', 'one file of the archive for all days'),
  inFile('src/ledger/writing/archive.ts', 'test/e2e/faults/archive-faults.test.ts')(
    'await file.truncate(size);',
    '',
    'a full disk leaves a line that is cut in the archive',
  ),
  archive('if (total <= maxBytes) break;', 'break;', 'an archive without end'),
  archive('Number(last.slice(-DIGITS)) + 1', '1', 'a file of the archive is written over'),
  shares('fitting * OWN[table]', '0', 'a flood of events erases the activity'),
  retention('if (gone < limit) break;', 'break;', 'only the first rows go'),
  files('open.day !== today ||', '', 'one file for ever'),
  files('.slice(0, -KEPT)', '.slice(0, 0)', 'files without end'),
];
