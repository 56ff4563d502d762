import './styles/app.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Router } from 'wouter';
import { queries } from './api/use.ts';
import { restoreDensity } from './kit/density.ts';
import { aroundNav, guardHistory } from './kit/leaving/unsaved.ts';
import { showWhole } from './kit/whole.ts';
import { Frame } from './shell/frame.tsx';
import { isOfView } from './shell/place.ts';

restoreDensity();
guardHistory(isOfView);
showWhole();

// Something else may have failed before this script came.
document.getElementById('unloaded')?.setAttribute('hidden', '');

const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <Router aroundNav={aroundNav}>
          <Frame />
        </Router>
      </QueryClientProvider>
    </StrictMode>,
  );
