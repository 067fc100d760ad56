namespace MeshControl.Cli.Completion;

/// <summary>
/// What shells are told: all of them ask the program itself, by the <c>[suggest]</c> directive, with the line as far as the cursor.
/// </summary>
internal static class ShellScripts
{
    public const string Bash =
        """
        # bash completion for meshctl. For one session: source <(meshctl completion bash)
        # For good: meshctl completion bash > /etc/bash_completion.d/meshctl
        _meshctl() {
            local line="${COMP_LINE:0:COMP_POINT}"
            local word="${line##*[[:space:]]}"
            COMPREPLY=()
            case "${line%"$word"}" in
                *' -c ' | *' --config ' | *' --socket ')
                    compopt -o filenames
                    mapfile -t COMPREPLY < <(compgen -f -- "$word")
                    return
                    ;;
            esac

            # What bash takes for the word begins behind the last of these characters, what meshctl does not.
            local kept="${word%"${word##*[:=@]}"}" candidate candidates
            mapfile -t candidates < <("${COMP_WORDS[0]}" '[suggest]' "$line" 2>/dev/null)
            for candidate in "${candidates[@]}"; do
                candidate="${candidate%%$'\t'*}"
                if [[ "$candidate" == "$word"* ]]; then
                    COMPREPLY+=("${candidate#"$kept"}")
                fi
            done
        }
        complete -F _meshctl meshctl

        """;

    public const string Zsh =
        """
        #compdef meshctl
        # zsh completion for meshctl. For one session: source <(meshctl completion zsh)
        # For good: meshctl completion zsh > "${fpath[1]}/_meshctl"
        _meshctl() {
            local previous="${words[CURRENT-1]}" candidate
            if [[ "$previous" == (-c|--config|--socket) ]]; then
                _files
                return
            fi

            local -a items
            for candidate in "${(@f)$("${words[1]}" '[suggest]' "${(j: :)words[1,CURRENT-1]} $PREFIX" 2>/dev/null)}"; do
                [[ -n "$candidate" ]] || continue
                if [[ "$candidate" == *$'\t'* ]]; then
                    items+=("${${candidate%%$'\t'*}//:/\\:}:${candidate#*$'\t'}")
                else
                    items+=("${candidate//:/\\:}")
                fi
            done
            _describe meshctl items
        }

        if [ "${funcstack[1]}" = "_meshctl" ]; then
            _meshctl "$@"
        else
            compdef _meshctl meshctl
        fi

        """;

    public const string Fish =
        """
        # fish completion for meshctl. For one session: meshctl completion fish | source
        # For good: meshctl completion fish > ~/.config/fish/completions/meshctl.fish
        function __meshctl_wants_file
            set -l words (commandline -opc)
            contains -- "$words[-1]" -c --config --socket
        end
        complete -c meshctl -e
        complete -c meshctl -f
        complete -c meshctl -n 'not __meshctl_wants_file' -a '(meshctl "[suggest]" (commandline -cp | string collect) 2>/dev/null)'
        complete -c meshctl -n __meshctl_wants_file -F

        """;
}
