import { Page } from '../../components/Page';
import { ChangeEmail } from './ChangeEmail';
import { ChangePassword } from './ChangePassword';
import { DeleteAccount } from './DeleteAccount';

export function Account() {
  return (
    <Page title="Account">
      <ChangeEmail />
      <ChangePassword />
      <DeleteAccount />
    </Page>
  );
}
