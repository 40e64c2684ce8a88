interface Template {
  readonly id?: string;
  readonly label?: string;
  readonly role?: string;
  readonly click?: (item: MenuItem, window: unknown, event: unknown) => void;
  readonly submenu?: readonly Template[];
}

/** A menu item that a test can click, with Electron's arguments. */
interface MenuItem {
  readonly id: string;
  readonly label: string;
  readonly role: string | undefined;
  readonly submenu: Menu | undefined;
  click(event?: unknown, window?: unknown): void;
}

let applicationMenu: Menu | null = null;

/** Menus in memory: what was built can be found by id and clicked. */
export class Menu {
  readonly items: readonly MenuItem[];

  constructor(items: readonly MenuItem[] = []) {
    this.items = items;
  }

  getMenuItemById(id: string): MenuItem | null {
    for (const item of this.items) {
      const found = item.id === id ? item : item.submenu?.getMenuItemById(id);
      if (found) return found;
    }
    return null;
  }

  static buildFromTemplate(template: readonly Template[]): Menu {
    return new Menu(template.map(toItem));
  }

  static setApplicationMenu(menu: Menu | null): void {
    applicationMenu = menu;
  }

  static getApplicationMenu(): Menu | null {
    return applicationMenu;
  }
}

function toItem({ id = '', label = '', role, click, submenu }: Template): MenuItem {
  const item: MenuItem = {
    id,
    label,
    role,
    submenu: submenu === undefined ? undefined : Menu.buildFromTemplate(submenu),
    click: (event, window) => click?.(item, window, event),
  };
  return item;
}
