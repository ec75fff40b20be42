"""``python -m zhida``, the same as the ``zhida`` command."""

from zhida.cli import main

if __name__ == "__main__":
    main()
