// What a person does once: a mutation that is not begun again before it has ended, however fast they click.
import { useMutation, type UseMutationOptions, type UseMutationResult } from "@tanstack/react-query";
import { useRef } from "react";

/** As useMutation. `isPending` is true from the next rendering on; two clicks of one moment come before it. */
export function useAction<Answer, Wanted = void>(options: UseMutationOptions<Answer, Error, Wanted>): UseMutationResult<Answer, Error, Wanted> {
  const isRunning = useRef(false);
  const action = useMutation({
    ...options,
    onSettled: (...ended) => {
      isRunning.current = false;
      return options.onSettled?.(...ended);
    },
  });
  const mutate: typeof action.mutate = (...wanted) => {
    if (isRunning.current) return;
    isRunning.current = true;
    action.mutate(...wanted);
  };
  return { ...action, mutate };
}
