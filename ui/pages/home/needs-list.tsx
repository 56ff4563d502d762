import { useState } from 'react';
import { mayChange } from '../../api/boot.ts';
import { useAct } from '../../api/use.ts';
import { Button, Go } from '../../kit/button.tsx';
import { plural } from '../../kit/figures.ts';
import { State } from '../../kit/state.tsx';
import { Ago } from '../../kit/time.tsx';
import { useTo } from '../../shell/place.ts';
import { BlockAddress } from '../security/block-address.tsx';
import type { Need } from './needs.ts';

/** Where on the page it stands. */
export const NEEDS = 'needs';

/** What waits for somebody, each with the button that mends it. */
export function NeedsList({ needs }: { readonly needs: readonly Need[] }) {
  const to = useTo();
  const [blocking, setBlocking] = useState<string>();
  const test = useAct('servers.test', {
    touches: ['servers'],
    says: ({ status }) => (status === 'offline' ? 'It still does not answer.' : 'It answers again.'),
  });
  if (needs.length === 0) return <p className="soft">Nothing needs you.</p>;
  return (
    <section id={NEEDS} tabIndex={-1} aria-label="Needs you">
      <ul className="plain needs">
        {needs.map(need => (
          <li key={need.key}>
            <State level={need.level} />
            <span>
              <b>
                <bdi>{need.what}</bdi>
              </b>{' '}
              <span className="soft">
                {'· '}
                <bdi>{need.why}</bdi>
                {need.calls && (
                  <>
                    {'; '}
                    <Go action="need.calls" to={to('/admin/activity', { server: need.calls.server })}>
                      {plural(need.calls.count, 'call')}
                    </Go>{' '}
                    in this time
                  </>
                )}
                {need.since !== undefined && (
                  <>
                    {' '}
                    · since <Ago at={need.since} />
                  </>
                )}
              </span>
            </span>
            <span className="row">
              {need.test !== undefined && mayChange && (
                <Button
                  action={need.action}
                  isBusy={test.isPending && test.variables?.params.id === need.test}
                  onClick={() => test.mutate({ params: { id: need.test ?? '' } })}
                >
                  {need.does}
                </Button>
              )}
              {need.block !== undefined && mayChange && (
                <Button
                  action="need.block"
                  label={`Block address ${need.block}`}
                  onClick={() => setBlocking(need.block)}
                >
                  Block address
                </Button>
              )}
              <Go
                action={need.test === undefined ? need.action : 'need.open'}
                className="button quiet"
                to={to(need.to, need.params)}
              >
                {need.test === undefined ? need.does : 'See why'}
              </Go>
            </span>
          </li>
        ))}
      </ul>
      {blocking !== undefined && <BlockAddress address={blocking} onClose={() => setBlocking(undefined)} />}
    </section>
  );
}
