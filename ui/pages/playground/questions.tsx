import { useState } from 'react';
import { Button } from '../../kit/button.tsx';
import { seen } from '../../kit/seen.ts';
import { type Schema, SchemaForm } from './form.tsx';
import type { Json, Question } from './wire.ts';

export type Asked = { readonly question: Question; readonly resolve: (answer: Json) => void };

/** What a server asks in the middle of a call; a link is shown with its host, and opened by nobody but the person. */
export function Questions({ asked }: { readonly asked: Asked }) {
  const { question, resolve } = asked;
  const { message, requestedSchema, url } = question.params as {
    message?: string;
    requestedSchema?: Schema;
    url?: string;
  };
  const [value, setValue] = useState<Json | undefined>({});
  const host = url === undefined ? undefined : URL.parse(url)?.host;
  const isWeb = /^https?:/i.test(url ?? '');
  return (
    <section className="panel stack" aria-label="The server asks">
      <h2>The server asks</h2>
      <p>
        <bdi>{seen(message ?? '')}</bdi>
      </p>
      {url === undefined ? (
        <SchemaForm schema={requestedSchema ?? {}} start={{}} onValue={setValue} />
      ) : (
        <p>
          {isWeb ? (
            <a data-action="ask.link" href={url} target="_blank" rel="noopener noreferrer">
              Open <bdi>{host}</bdi>
            </a>
          ) : (
            <bdi>{seen(url)}</bdi>
          )}
        </p>
      )}
      <div className="row end">
        <Button action="ask.cancel" onClick={() => resolve({ action: 'cancel' })}>
          Cancel
        </Button>
        <Button action="ask.decline" onClick={() => resolve({ action: 'decline' })}>
          Decline
        </Button>
        <Button
          action="ask.accept"
          tone="main"
          isOff={url === undefined && value === undefined}
          onClick={() => resolve({ action: 'accept', ...(url === undefined && { content: value ?? {} }) })}
        >
          {url === undefined ? 'Answer' : 'I did it'}
        </Button>
      </div>
    </section>
  );
}
