// Signing in.
import { texts } from "../../texts";

export default function Callback() {
  return <main className="centered">{texts.auth.title}</main>;
}
