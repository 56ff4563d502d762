import { useEffect, useState } from 'react';
import { ms } from '../../kit/figures.ts';
import { Snippet, Tabs } from '../../kit/parts.tsx';
import { seen } from '../../kit/seen.ts';
import { State } from '../../kit/state.tsx';
import { useParam } from '../../shell/place.ts';
import type { Era, Json } from './wire.ts';

type Run = {
  readonly isBusy: boolean;
  readonly answer: Json | undefined;
  readonly wrong: string | undefined;
  readonly tookMs: number;
};
type Content = {
  readonly type?: string;
  readonly text?: string;
  readonly data?: string;
  readonly mimeType?: string;
  readonly uri?: string;
  readonly name?: string;
  readonly resource?: {
    readonly uri?: string;
    readonly mimeType?: string;
    readonly text?: string;
    readonly blob?: string;
  };
};

const RASTER = /^image\/(png|jpeg|gif|webp)$/;
const MOST_BYTES = 4 * 1024 * 1024;

/** A picture that is only dots, of a size that a page can bear; anything else that is drawn stays text. */
function Picture({ data, mimeType }: { readonly data: string; readonly mimeType: string }) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const bytes = Uint8Array.from(atob(data), letter => letter.charCodeAt(0));
    const made = URL.createObjectURL(new Blob([bytes], { type: mimeType }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [data, mimeType]);
  return url === undefined ? null : <img src={url} alt="What the tool drew" className="drawn" />;
}

const WRITTEN = /^(text\/|application\/(json|xml|javascript)|[\w.+/-]+\+(xml|json))/i;
const MOST_LETTERS = 100_000;

/** What bytes say that are written for people, such as the source of a drawing; nothing where they are none. */
function textOf(base64: string | undefined, mimeType = ''): string | undefined {
  if (base64 === undefined || base64.length > MOST_BYTES || !WRITTEN.test(mimeType)) return undefined;
  try {
    const bytes = Uint8Array.from(atob(base64), letter => letter.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** HTML, drawings and pages of apps are never rendered: their source is shown. */
function sourceOf({ text, data, mimeType, resource }: Content): string | undefined {
  const source =
    text ?? textOf(data, mimeType) ?? resource?.text ?? textOf(resource?.blob, resource?.mimeType);
  // Servers may send anything in its place.
  return typeof source === 'string' ? source : undefined;
}

function ContentView({ content }: { readonly content: Content }) {
  const { type, data, mimeType, uri, name, resource } = content;
  if (type === 'image' && data !== undefined && RASTER.test(mimeType ?? '') && data.length < MOST_BYTES)
    return <Picture data={data} mimeType={mimeType ?? ''} />;
  if (type === 'resource_link')
    return (
      <p>
        <bdi>{seen(name ?? '')}</bdi> <bdi className="mono">{seen(uri ?? '')}</bdi>
      </p>
    );
  const source = sourceOf(content);
  return (
    <>
      {source !== undefined && (mimeType ?? resource) !== undefined && (
        <p className="soft">
          <bdi className="mono">
            {seen([resource?.uri, resource?.mimeType ?? mimeType].filter(Boolean).join(', '))}
          </bdi>
          , as its source:
        </p>
      )}
      <pre className="block" tabIndex={0}>
        {seen(source ?? JSON.stringify(content, null, 2).slice(0, MOST_LETTERS))}
      </pre>
    </>
  );
}

function ResultView({ answer }: { readonly answer: Json }) {
  const { error, result } = answer as {
    error?: { message?: string; code?: number };
    result?: { content?: readonly Content[]; isError?: boolean; structuredContent?: unknown };
  };
  if (error)
    return (
      <p className="problem">
        {error.code}: <bdi>{seen(error.message ?? '')}</bdi>
      </p>
    );
  return (
    <div className="stack">
      {result?.isError && <State level="bad">The tool says that it failed</State>}
      {result?.content
        ?.map((content, at) => ({ content, name: `part ${at}` }))
        .map(({ content, name }) => <ContentView key={name} content={content} />) ?? (
        <pre className="block" tabIndex={0}>
          {seen(JSON.stringify(result, null, 2))}
        </pre>
      )}
      {result?.structuredContent !== undefined && (
        <pre className="block" tabIndex={0}>
          {seen(JSON.stringify(result.structuredContent, null, 2))}
        </pre>
      )}
    </div>
  );
}

const VERSIONS: Readonly<Record<Era, string>> = { legacy: '2025-11-25', modern: '2026-07-28' };
const shellText = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

function curlOf(method: string, params: Json, url: string, era: Era): string {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': VERSIONS.modern,
    'io.modelcontextprotocol/clientInfo': { name: 'curl', version: '8' },
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const body = JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method,
    params: era === 'modern' ? { ...params, _meta: meta } : params,
  });
  const name = String(params.name ?? params.uri ?? '');
  const headers =
    era === 'modern'
      ? [
          `MCP-Protocol-Version: ${VERSIONS.modern}`,
          `Mcp-Method: ${method}`,
          ...(name ? [`Mcp-Name: ${name}`] : []),
        ]
      : [];
  const all = ['Content-Type: application/json', 'Accept: application/json, text/event-stream', ...headers];
  return [
    `curl -s ${url} -H "Authorization: Bearer $TOKEN"`,
    ...all.map(one => `-H ${shellText(one)}`),
    `-d ${shellText(body)}`,
  ].join(' \\\n  ');
}

function codeOf(method: string, params: Json, url: string): string {
  const use =
    { 'tools/call': 'callTool', 'resources/read': 'readResource', 'prompts/get': 'getPrompt' }[method] ??
    'request';
  return `import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

const client = new Client({ name: 'mine', version: '1.0.0' });
await client.connect(
  new StreamableHTTPClientTransport(new URL('${url}'), {
    requestInit: { headers: { Authorization: \`Bearer \${process.env.TOKEN}\` } },
  }),
);
console.log(await client.${use}(${JSON.stringify(params)}));
await client.close();`;
}

const TABS = [
  { id: 'result', title: 'Result' },
  { id: 'raw', title: 'Raw' },
  { id: 'curl', title: 'curl' },
  { id: 'code', title: 'As code' },
] as const;

/** What came of a call: shown as text, raw, or as something to take along. */
export function Outcome({
  run,
  method,
  params,
  url,
  era,
}: {
  readonly run: Run;
  readonly method: string;
  readonly params: Json;
  readonly url: string;
  readonly era: Era;
}) {
  const [tab, setTab] = useParam('outcome', 'result');
  return (
    <section className="panel stack" aria-label="What came of it">
      <Tabs name="outcome" tabs={TABS} now={tab} onGo={setTab} />
      {tab === 'curl' && <Snippet text={curlOf(method, params, url, era)} action="play.copy-curl" />}
      {tab === 'code' && <Snippet text={codeOf(method, params, url)} action="play.copy-code" />}
      <div role="status">
        {run.isBusy && <p className="soft">The server works.</p>}
        {run.wrong !== undefined && <p className="problem">{run.wrong}</p>}
        {run.answer && <p className="soft">It took {ms(run.tookMs)}, this browser included.</p>}
        {!run.isBusy && !run.answer && run.wrong === undefined && (tab === 'result' || tab === 'raw') && (
          <p className="soft">Not called yet.</p>
        )}
      </div>
      {tab === 'result' && run.answer && <ResultView answer={run.answer} />}
      {tab === 'raw' && run.answer && (
        <pre className="block" tabIndex={0}>
          {seen(JSON.stringify(run.answer, null, 2))}
        </pre>
      )}
    </section>
  );
}
