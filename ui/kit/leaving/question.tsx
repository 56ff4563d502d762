import { useSyncExternalStore } from 'react';
import { Button } from '../button.tsx';
import { Dialog } from '../dialog.tsx';
import { answerLeave, askedNow, followAsked } from './unsaved.ts';

/** Before what was typed is left behind. */
export function LeaveQuestion() {
  if (useSyncExternalStore(followAsked, askedNow) === undefined) return null;
  return (
    <Dialog title="Leave without saving?" onClose={() => answerLeave(false)}>
      <p>What you typed here is not saved, and is lost when you leave.</p>
      <div className="row end">
        <Button action="unsaved.leave" tone="danger" onClick={() => answerLeave(true)}>
          Leave without saving
        </Button>
        <Button action="unsaved.stay" tone="main" onClick={() => answerLeave(false)}>
          Stay
        </Button>
      </div>
    </Dialog>
  );
}
