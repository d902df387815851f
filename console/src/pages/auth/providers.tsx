// The buttons that lead to the pages of identity providers.
import { Button } from "antd";
import { useState } from "react";
import ThirdParty from "supertokens-web-js/recipe/thirdparty";
import { rememberNext } from "../../session/invitation-link";
import { texts } from "../../texts";

interface Props {
  providers: { id: string; name: string }[];
  next: string;
  onError: (thrown: unknown) => void;
}

export function Providers({ providers, next, onError }: Props) {
  const [busy, setBusy] = useState<string | null>(null);

  const start = async (id: string) => {
    setBusy(id);
    rememberNext(next);
    try {
      const url = await ThirdParty.getAuthorisationURLWithQueryParamsAndSetState({
        thirdPartyId: id,
        frontendRedirectURI: `${window.location.origin}/auth/callback/${id}`,
      });
      window.location.assign(url);
    } catch (thrown) {
      setBusy(null);
      onError(thrown);
    }
  };

  return (
    <div className="providers">
      {providers.map(({ id, name }) => (
        <Button
          key={id}
          size="large"
          block
          loading={busy === id}
          disabled={busy !== null && busy !== id}
          icon={
            <span className="provider-mark" aria-hidden="true">
              {name.charAt(0)}
            </span>
          }
          onClick={() => void start(id)}
        >
          {texts.auth.continueWith(name)}
        </Button>
      ))}
    </div>
  );
}
