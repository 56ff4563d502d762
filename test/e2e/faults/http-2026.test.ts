import { runTable } from './support/run.ts';
import { http2026 } from './table/http-2026.ts';

runTable('http-2026', http2026);
