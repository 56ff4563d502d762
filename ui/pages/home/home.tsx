import { Head } from '../../kit/parts.tsx';

export function Home() {
  return <Head title="Home" />;
}
