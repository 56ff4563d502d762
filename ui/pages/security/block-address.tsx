import { Dialog } from '../../kit/dialog.tsx';
import { Form } from '../../kit/forms/form.tsx';
import { useForm } from '../../kit/forms/use-form.ts';
import { Choice, Name } from '../../kit/parts.tsx';

const TIMES = [
  ['15', '15 minutes'],
  ['60', 'an hour'],
  ['1440', 'a day'],
  ['10080', 'a week'],
  ['43200', '30 days'],
] as const;

type Minutes = (typeof TIMES)[number][0];

/** Keeps an address from signing in, after it was said what that means and for how long. */
export function BlockAddress({
  address,
  onClose,
}: {
  readonly address: string;
  readonly onClose: () => void;
}) {
  const block = useForm(
    'blocked-addresses.block',
    { minutes: '60' as Minutes },
    {
      says: `Nobody signs in from ${address} now.`,
      onDone: onClose,
      isTrivial: true,
      given: ({ minutes }) => ({ body: { address, minutes: Number(minutes) } }),
    },
  );
  return (
    <Dialog title="Block this address?" onClose={onClose}>
      <Form action="address.block" does="Block it" of={block} onClose={onClose}>
        <p className="row">
          Nobody signs in from <Name>{address}</Name> for
          <Choice label="How long" action="address.minutes" options={TIMES} {...block.choice('minutes')} />
        </p>
        <p className="soft">
          A browser in which somebody signed in before still lets them in, and whoever is signed in, or has a
          key, goes on. It can be undone on the Security page.
        </p>
      </Form>
    </Dialog>
  );
}
