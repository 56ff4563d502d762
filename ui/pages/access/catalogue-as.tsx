import type { Answer } from '../../api/client.ts';
import { useRead } from '../../api/use.ts';
import { Go } from '../../kit/button.tsx';
import { plural } from '../../kit/figures.ts';
import { Choice, Empty, Name, Read } from '../../kit/parts.tsx';
import { useParam, useTo } from '../../shell/place.ts';

type Shown = Answer<'users.catalogue'>[number];

function Server({ of, user }: { readonly of: Shown; readonly user: string }) {
  const to = useTo();
  return (
    <section className="panel">
      <h2>
        <Name>{of.server}</Name>
      </h2>
      <p className="soft">
        {plural(of.tools.length, 'tool')}, {plural(of.prompts.length, 'prompt')},{' '}
        {plural(of.resources.length, 'resource')}
      </p>
      <ul className="plain lines">
        {of.tools.slice(0, 200).map(({ exposed, tier }) => (
          <li key={exposed} className="row apart">
            <Go action="catalogue.why" to={to('/admin/access', { user, tool: exposed })} title="Why?">
              <Name>{exposed}</Name>
            </Go>
            <span className={tier === 'destructive' ? 'chip warn' : 'chip'}>{tier}</span>
          </li>
        ))}
        {of.tools.length > 200 && (
          <li className="soft">and {plural(of.tools.length - 200, 'more', 'more')}</li>
        )}
        {of.prompts.map(name => (
          <li key={name} className="row apart">
            <Name>{name}</Name> <span className="chip">prompt</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What a person's client is shown. */
export function CatalogueAs() {
  const [as, setAs] = useParam('as');
  const people = useRead('users.list', { query: {} }).data ?? [];
  const person = people.find(({ username }) => username === as);
  const seen = useRead('users.catalogue', { params: { id: person?.id ?? '' } }, { isOff: !person });
  return (
    <div className="stack">
      <div className="row">
        <span>See the catalogue as</span>
        <Choice
          label="Person"
          action="catalogue.as"
          now={as}
          options={[['', 'somebody'], ...people.map(({ username }) => [username, username] as const)]}
          onChoose={setAs}
        />
      </div>
      {person ? (
        <Read of={seen}>
          {all =>
            all.length === 0 ? (
              <Empty title={`${as} is shown nothing`}>
                <p className="soft">No rule allows anything that a server offers now.</p>
              </Empty>
            ) : (
              <div className="two">
                {all.map(one => (
                  <Server key={one.server} of={one} user={as} />
                ))}
              </div>
            )
          }
        </Read>
      ) : (
        <p className="soft">What the person's client lists on /mcp is shown here, by server.</p>
      )}
    </div>
  );
}
