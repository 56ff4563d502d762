export { type Answer, goTo, type PageContext, type PageEnv, readForm, say, show } from './answer.ts';
export { createFormGuard, type FormGuard, isSameOrigin } from './form-guard.ts';
export { type Html, layout, notice, problems, type Sentence } from './layout.ts';
export { loginView } from './login-view.ts';
export { pageHeaders } from './page-headers.ts';
