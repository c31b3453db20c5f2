package io.llama3v.train.cli;

import io.llama3v.train.checkpoint.CheckpointStore.Damage;
import io.llama3v.train.loop.StopSignal;
import io.llama3v.train.stage.RunSession;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** {@code --resume} and {@code --allow-change}. */
final class ResumeOptions {
  @Spec(Target.MIXEE)
  private CommandSpec spec;

  @Option(names = "--allow-change", paramLabel = "KEY", split = ",", description = {
      "A setting that may differ from what a stage began or finished under, as the refusal names it: clip.training.steps, data, code.",
      "It is recorded. May be given several times."})
  private Set<String> allowed = new LinkedHashSet<>();

  private Damage damage = Damage.REFUSE;

  @Option(names = "--resume", paramLabel = "strict|auto", description = {
      "What to do if the newest checkpoint is damaged. strict: say so and stop; the default.",
      "auto: go on from the newest whole one and say which were passed over."})
  void setResume(String mode) {
    damage = switch (mode.toLowerCase(Locale.ROOT)) {
      case "strict" -> Damage.REFUSE;
      case "auto" -> Damage.PASS_OVER;
      default -> throw new ParameterException(spec.commandLine(), "--resume is " + mode + "; expected strict or auto");
    };
  }

  Set<String> allowedChanges() {
    return allowed;
  }

  RunSession session(StopSignal stop) {
    return new RunSession(damage, allowed, stop);
  }
}
