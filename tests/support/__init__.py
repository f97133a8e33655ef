"""What the black-box tests share: the server as a process, signing, raw HTTP, pictures, the public contract."""
