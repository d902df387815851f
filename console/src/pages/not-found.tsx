// The page for unknown paths.
import { Link } from "react-router-dom";
import { useTitle } from "../components/page";
import { texts } from "../texts";

export default function NotFound() {
  const words = texts.shell.notFound;
  useTitle(words.title);
  return (
    <div className="centered">
      <h1>{words.title}</h1>
      <p className="page-lead">{words.body}</p>
      <p>
        <Link to="/">{words.home}</Link>
      </p>
    </div>
  );
}
