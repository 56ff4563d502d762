import { useState } from 'react';
import { mayChange } from '../../api/boot.ts';
import { useAct, useRead } from '../../api/use.ts';
import { Button, Go } from '../../kit/button.tsx';
import { Confirm } from '../../kit/dialog.tsx';
import { Problem, wrongOf } from '../../kit/field.tsx';
import { plural } from '../../kit/figures.ts';
import { TextField } from '../../kit/form.tsx';
import { numberOr } from '../../kit/use-form.ts';
import { useTo } from '../../shell/place.ts';

function Kept() {
  const to = useTo();
  const settings = useRead('settings.list', {}).data?.settings ?? [];
  const days = settings.find(({ key }) => key === 'ledger.daysToKeep')?.value;
  return (
    <p className="soft">
      They go by themselves after {String(days ?? '–')} days.{' '}
      <Go action="audit.keep-longer" to={to('/admin/settings', { tab: 'retention' })}>
        Keep them longer
      </Go>
    </p>
  );
}

/** Older entries of the ledger go before their time; the log of changes stays. */
export function CleanUp() {
  const [isOpen, setOpen] = useState(false);
  const [days, setDays] = useState('30');
  const clean = useAct('logs.clean-up', {
    says: ({ total }) => `${plural(total, 'entry', 'entries')} are gone`,
    touches: ['activity', 'auth-log', 'security-events', 'audit', 'figures'],
    isQuiet: true,
    onDone: () => setOpen(false),
  });
  if (!mayChange) return null;
  return (
    <>
      <Button action="audit.clean-up" onClick={() => setOpen(true)}>
        Clean up
      </Button>
      {isOpen && (
        <Confirm
          action="audit.clean-up-send"
          title="Remove what is old"
          does="Remove"
          isBusy={clean.isPending}
          onDo={() => clean.mutate({ body: { days_to_keep: numberOr(days) as number } })}
          onClose={() => setOpen(false)}
        >
          <p>
            Requests, security events and sign-ins that are older go for good. The log of changes stays, and
            says that you did this.
          </p>
          <TextField
            label="Keep the last days"
            action="audit.clean-up-days"
            value={days}
            onChange={setDays}
            wrong={wrongOf(clean.error, 'days_to_keep')}
          />
          <Kept />
          <Problem refused={clean.error} fields={['days_to_keep']} />
        </Confirm>
      )}
    </>
  );
}
