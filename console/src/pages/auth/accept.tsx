// Signing in.
import { texts } from "../../texts";

export default function Accept() {
  return <main className="centered">{texts.auth.title}</main>;
}
