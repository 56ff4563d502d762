import { runTable } from './support/run.ts';
import { http2025 } from './table/http-2025.ts';

runTable('http-2025', http2025);
